"""Creates the two roles that run Pulumi, their permissions boundary and GitHub's OIDC provider."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from iam_documents import github
from ops.bootstrap import documents
from ops.bootstrap.documents import Document
from ops.bootstrap.state import bucket_name, key_arn, tag_list
from ops.bootstrap.steps import Repository, Step
from ops.core import answers
from ops.core.aws_state import AwsState
from ops.core.session import error_code

SESSION_S = 3600
POLICY_NAME = "pulumi"
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


class Runner:
    """One role that runs Pulumi, with its trust policy and permissions."""

    def __init__(
        self, aws: AwsState, name: str, repository: Repository, github_environment: str, boundary_arn: str
    ) -> None:
        self._aws, self._iam, self.name, self._boundary = aws, aws.client("iam"), name, boundary_arn
        delivery = aws.settings.delivery
        branch = delivery.branch if delivery else "main"
        self.github_environment = github_environment
        self._trust = documents.trust(aws.names, repository, github_environment, branch)

    def step(self) -> Step:
        """The step that creates or corrects it."""
        return Step(
            f"role {self.name} (GitHub environment {self.github_environment})", self._look, self._make
        )

    def _rights(self) -> Document:
        aws = self._aws
        if self.name == aws.names.update_role:
            return documents.up_rights(aws.names, bucket_name(aws), aws.settings.copy_region)
        return documents.plan_rights(aws.names, bucket_name(aws), key_arn(aws) or _NO_KEY_YET)

    def _look(self) -> list[str] | None:
        try:
            role: dict[str, Any] = self._iam.get_role(RoleName=self.name)["Role"]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        wrong: list[str] = []
        if role["AssumeRolePolicyDocument"] != self._trust:
            wrong.append("its trust policy differs")
        if role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") != self._boundary:
            wrong.append("it lacks the permissions boundary")
        if role["MaxSessionDuration"] != SESSION_S:
            wrong.append("its maximum session duration is not 1 hour")
        if self._inline() != self._rights():
            wrong.append("its inline policy differs")
        if self._undeclared_policies():
            wrong.append("it has other policies")
        return wrong

    def _make(self) -> None:
        trust = json.dumps(self._trust)
        if self._look() is None:
            self._iam.create_role(
                RoleName=self.name,
                AssumeRolePolicyDocument=trust,
                PermissionsBoundary=self._boundary,
                MaxSessionDuration=SESSION_S,
                Tags=[{"Key": key, "Value": value} for key, value in tag_list(self._aws).items()],
            )
        self._iam.update_assume_role_policy(RoleName=self.name, PolicyDocument=trust)
        self._iam.put_role_permissions_boundary(RoleName=self.name, PermissionsBoundary=self._boundary)
        self._iam.update_role(RoleName=self.name, MaxSessionDuration=SESSION_S)
        rights = json.dumps(self._rights())
        self._iam.put_role_policy(RoleName=self.name, PolicyName=POLICY_NAME, PolicyDocument=rights)
        for kind, policy in self._undeclared_policies():
            if kind == "inline":
                self._iam.delete_role_policy(RoleName=self.name, PolicyName=policy)
            else:
                self._iam.detach_role_policy(RoleName=self.name, PolicyArn=policy)

    def _inline(self) -> Document | None:
        try:
            return self._iam.get_role_policy(RoleName=self.name, PolicyName=POLICY_NAME)["PolicyDocument"]
        except ClientError as error:
            if error_code(error) == "NoSuchEntity":
                return None
            raise

    def _undeclared_policies(self) -> list[tuple[str, str]]:
        role = {"RoleName": self.name}
        inline = answers.listed(self._iam, "list_role_policies", "PolicyNames", **role)
        attached = answers.listed(self._iam, "list_attached_role_policies", "AttachedPolicies", **role)
        return [("inline", name) for name in inline if name != POLICY_NAME] + [
            ("attached", one["PolicyArn"]) for one in attached
        ]
