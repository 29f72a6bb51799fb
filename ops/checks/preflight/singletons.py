"""Checks for resources that an account or region has once, and that the stack would create a second time."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from ops.checks.verify.registry import Problem
from ops.core.aws_state import AwsState, tags
from ops.core.session import error_code
from settings.names import SESSION_DOCUMENT

LEAVE_OUT = "set audit.accountWide to false"


def detector(aws: AwsState) -> Iterator[Problem]:
    """GuardDuty has no detector in the region but the stack's."""
    if not aws.settings.owns_account:
        return
    for one in aws.list("guardduty", "list_detectors", "DetectorIds"):
        found = aws.ask("guardduty", "get_detector", DetectorId=one)
        if not _own(aws, found.get("Tags") or {}):
            how = adoption("aws:guardduty/detector:Detector", "audit-detector", one, "audit")
            yield _second(aws, f"GuardDuty detector {one}", f"{how}; or {LEAVE_OUT}")


def recorder(aws: AwsState) -> Iterator[Problem]:
    """AWS Config has no recorder and no delivery channel in the region but the stack's."""
    if not aws.settings.owns_account:
        return
    own = aws.names.part("recorder")
    for what, operation, member in (
        ("recorder", "describe_configuration_recorders", "ConfigurationRecorders"),
        ("delivery channel", "describe_delivery_channels", "DeliveryChannels"),
    ):
        for one in aws.ask("config", operation)[member]:
            if one["name"] != own:
                # Not imported: the name cannot be changed, so that the next update would replace it.
                yield _second(aws, f"AWS Config {what} {one['name']}", f"delete it, or {LEAVE_OUT}")


def analyzers(aws: AwsState) -> Iterator[Problem]:
    """IAM Access Analyzer has no analyzers of the account in the region but the stack's."""
    if not aws.settings.owns_account:
        return
    own = {"ACCOUNT": aws.names.part("external"), "ACCOUNT_UNUSED_ACCESS": aws.names.part("unused")}
    for one in aws.list("accessanalyzer", "list_analyzers", "analyzers"):
        if one["name"] != own.get(one["type"], one["name"]):
            remedy = f"delete it, or {LEAVE_OUT}"
            yield _second(aws, f"analyzer {one['name']}", remedy, f" of type {one['type']}")


def session_document(aws: AwsState) -> Iterator[Problem]:
    """The preferences of Session Manager do not exist, or are the stack's."""
    if aws.settings.host is None:
        return
    try:
        aws.ask("ssm", "describe_document", Name=SESSION_DOCUMENT)
    except ClientError as error:
        if error_code(error) != "InvalidDocument":
            raise
        return
    listed = aws.list(
        "ssm", "list_tags_for_resource", "TagList", ResourceType="Document", ResourceId=SESSION_DOCUMENT
    )
    if not _own(aws, tags({"Tags": listed})):
        how = adoption("aws:ssm/document:Document", "sessions-preferences", SESSION_DOCUMENT, "sessions")
        yield _second(aws, f"document {SESSION_DOCUMENT}", how)


def adoption(type_: str, name: str, id_: str, parent: str) -> str:
    """How an existing resource gets into the stack, under the name that the program gives it."""
    return f"import it as docs/operations/adopt.md says: type {type_}, name {name}, id {id_}, parent {parent}"


def _second(aws: AwsState, subject: str, remedy: str, kind: str = "") -> Problem:
    return Problem(subject, f"exists already, and {aws.settings.region} can have one{kind}", remedy)


def _own(aws: AwsState, found: dict[str, str]) -> bool:
    return aws.settings.tags.items() <= found.items()
