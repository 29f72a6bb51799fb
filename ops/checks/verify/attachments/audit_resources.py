"""The audit and IAM resources of a stack whose attachments are read."""

from __future__ import annotations

from collections.abc import Iterator

from iam_documents import github
from ops.checks.verify.attachments.declared_roles import declared_role
from ops.checks.verify.attachments.row import Resource
from ops.checks.verify.audit.trail import trail
from ops.core.aws_state import AwsState, Item


def trails(aws: AwsState) -> Iterator[Resource]:
    """The stack's trail."""
    if (one := trail(aws)) is not None:
        yield Resource(f"trail {one['Name']}", {}, one)


def detectors(aws: AwsState) -> Iterator[Resource]:
    """The GuardDuty detector."""
    if aws.settings.owns_account:
        for id_ in aws.list("guardduty", "list_detectors", "DetectorIds"):
            yield Resource(f"GuardDuty in {aws.settings.region}", {"DetectorId": id_})


def analyzers(aws: AwsState) -> Iterator[Resource]:
    """The analyzers of IAM Access Analyzer."""
    if aws.settings.owns_account:
        for one in aws.list("accessanalyzer", "list_analyzers", "analyzers"):
            yield Resource(f"analyzer {one['name']}", {"analyzerName": one["name"]}, one)


def _details(aws: AwsState, member: str) -> list[Item]:
    wanted = ["Role", "LocalManagedPolicy"]
    return aws.list("iam", "get_account_authorization_details", member, Filter=wanted)


def roles(aws: AwsState) -> Iterator[Resource]:
    """The stack's roles."""
    for one in _details(aws, "RoleDetailList"):
        if declared_role(aws.names, one["RoleName"]) is not None:
            yield Resource(f"role {one['RoleName']}", {"RoleName": one["RoleName"]}, one)


def policies(aws: AwsState) -> Iterator[Resource]:
    """The managed policies of the deploy role, and its boundary."""
    for one in _details(aws, "Policies"):
        if one["PolicyName"].startswith(aws.names.part("deploy-")):
            yield Resource(f"policy {one['PolicyName']}", {"PolicyArn": one["Arn"]}, one)


def identity_providers(aws: AwsState) -> Iterator[Resource]:
    """GitHub's identity provider, where the account has it."""
    arn = github.provider_arn(aws.settings.account_id)
    listed = aws.ask("iam", "list_open_id_connect_providers")["OpenIDConnectProviderList"]
    for one in listed:
        if one["Arn"] == arn:
            yield Resource(f"identity provider {github.ISSUER}", {}, one)
