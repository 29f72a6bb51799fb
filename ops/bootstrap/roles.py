"""The roles that run Pulumi, their permissions boundary, GitHub's OIDC provider, and the roles of people."""

from __future__ import annotations

import json

from iam_documents import github
from ops.bootstrap import documents
from ops.bootstrap.account_role import AccountRole
from ops.bootstrap.documents import Document
from ops.bootstrap.state import bucket_name, key_arn, tag_list
from ops.bootstrap.steps import Repository, Step
from ops.core import answers
from ops.core.aws_state import AwsState

# Stands in before the state key exists, to compare policies; no role is created with it.
_NO_KEY_YET = "arn:aws:kms:::key/none"


def provider(aws: AwsState) -> Step:
    """The step for GitHub's OIDC provider, which an account has once."""
    iam = aws.client("iam")
    arn = provider_arn(aws)

    def look() -> list[str] | None:
        listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        if arn not in [one["Arn"] for one in listed]:
            return None
        audiences = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
        return [] if github.AUDIENCE in audiences else [f"its audiences lack {github.AUDIENCE}"]

    def make() -> None:
        if look() is None:
            pairs = [{"Key": key, "Value": value} for key, value in tag_list(aws).items()]
            iam.create_open_id_connect_provider(
                Url=f"https://{github.ISSUER}", ClientIDList=[github.AUDIENCE], Tags=pairs
            )
        else:
            iam.add_client_id_to_open_id_connect_provider(
                OpenIDConnectProviderArn=arn, ClientID=github.AUDIENCE
            )

    return Step(f"OIDC provider {github.ISSUER}", look, make)


def provider_arn(aws: AwsState) -> str:
    """The ARN of GitHub's OIDC provider in the stack's account."""
    return github.provider_arn(aws.settings.account_id)


class Boundary:
    """The permissions boundary of both roles."""

    def __init__(self, aws: AwsState) -> None:
        self._aws, self._iam = aws, aws.client("iam")
        self.name = aws.names.part("pulumi-boundary")
        self.arn = f"arn:aws:iam::{aws.settings.account_id}:policy/{self.name}"
        self._document = documents.boundary(aws.names, bucket_name(aws), aws.settings.copy_region)

    def step(self) -> Step:
        """The step that creates or corrects it."""
        return Step(f"permissions boundary {self.name}", self._look, self._make)

    def _look(self) -> list[str] | None:
        try:
            version = self._iam.get_policy(PolicyArn=self.arn)["Policy"]["DefaultVersionId"]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        found = self._iam.get_policy_version(PolicyArn=self.arn, VersionId=version)["PolicyVersion"]
        return [] if found["Document"] == self._document else ["its policy document differs"]

    def _make(self) -> None:
        text = json.dumps(self._document)
        if self._look() is None:
            pairs = [{"Key": key, "Value": value} for key, value in tag_list(self._aws).items()]
            self._iam.create_policy(PolicyName=self.name, PolicyDocument=text, Tags=pairs)
            return
        versions = answers.listed(self._iam, "list_policy_versions", "Versions", PolicyArn=self.arn)
        old = sorted(
            (one for one in versions if not one["IsDefaultVersion"]), key=lambda one: one["CreateDate"]
        )
        if len(versions) >= 5:  # the quota of versions per policy
            self._iam.delete_policy_version(PolicyArn=self.arn, VersionId=old[0]["VersionId"])
        self._iam.create_policy_version(PolicyArn=self.arn, PolicyDocument=text, SetAsDefault=True)


def runner(
    aws: AwsState, name: str, repository: Repository, github_environment: str, boundary_arn: str
) -> Step:
    """The step for the role ``name`` that runs Pulumi, assumed by jobs of a GitHub environment."""
    delivery = aws.settings.delivery
    branch = delivery.branch if delivery else "main"

    def rights() -> Document:
        if name == aws.names.update_role:
            return documents.up_rights(aws.names, bucket_name(aws), aws.settings.copy_region)
        return documents.plan_rights(aws.names, bucket_name(aws), key_arn(aws) or _NO_KEY_YET)

    return AccountRole(
        aws=aws,
        name=name,
        whose=f"GitHub environment {github_environment}",
        trust=documents.trust(aws.names, repository, github_environment, branch),
        boundary_arn=boundary_arn,
        rights=rights,
    ).step()


def people_roles(aws: AwsState) -> tuple[Step, ...]:
    """The steps for the roles of people, who need MFA: one may do everything, the auditor role reads."""
    policies = {aws.names.emergency_role: "AdministratorAccess", aws.names.auditor_role: "SecurityAudit"}
    return tuple(
        AccountRole(
            aws=aws,
            name=name,
            whose="people with MFA",
            trust=documents.people_trust(aws.names),
            managed_arns=(f"arn:aws:iam::aws:policy/{policy}",),
        ).step()
        for name, policy in policies.items()
    )
