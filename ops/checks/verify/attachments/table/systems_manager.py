"""Attachments of Systems Manager's documents, maintenance windows and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.network_resources import (
    advanced_parameters,
    documents,
    managed,
    windows,
)
from ops.checks.verify.attachments.row import (
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    always,
    listed,
)
from ops.core.aws_state import AwsState, Item

_OF_AWS = ("AWS-GatherSoftwareInventory", "AmazonInspector2-", "AmazonGuardDuty-")
"""Documents that Inspector and GuardDuty associate with instances; nobody else may name a document like this.

Sources: https://docs.aws.amazon.com/inspector/latest/user/scanning-ec2.html and
https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ec2.html
"""
_PATCHING = "AWS-RunPatchBaseline"


def _shared(aws: AwsState, document: Resource) -> Iterator[str]:
    yield from aws.list(
        "ssm", "describe_document_permission", "AccountIds", PermissionType="Share", **document.params
    )


def _document(aws: AwsState, document: Resource) -> Iterator[Item]:
    yield aws.ask("ssm", "describe_document", **document.params)["Document"]


def _other_default(aws: AwsState, document: Resource, item: Item) -> str | None:
    default, latest = str(item.get("DefaultVersion", "1")), str(item.get("LatestVersion", "1"))
    return None if default == latest else f"its default is version {default}, the latest is {latest}"


def _associated(aws: AwsState, _: Resource, item: Item) -> str | None:
    name = str(item["Name"])
    if name.startswith(_OF_AWS):
        return None
    return f"the association {item['AssociationId']} runs {name} on instances"


def _task(aws: AwsState, window: Resource, item: Item) -> str | None:
    return None if item["TaskArn"] == _PATCHING else f"also runs {item['TaskArn']}"


def _second(aws: AwsState, window: Resource) -> Iterator[Item]:
    """The targets beyond the one that the program registers, and those with other tags."""
    found = aws.list(
        "ssm", "describe_maintenance_window_targets", "Targets", WindowId=window.params["WindowId"]
    )
    yield from found[1:]


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:ssm/document:Document": (
        Read(
            "share",
            documents,
            _shared,
            always("is shared with {it}"),
            "remove it with `aws ssm modify-document-permission --account-ids-to-remove`",
        ),
        Read(
            "version",
            documents,
            _document,
            _other_default,
            "run `aws ssm update-document-default-version`, or delete the version",
        ),
        Read(
            "association",
            managed,
            listed("ssm:ListAssociations", "Associations"),
            _associated,
            "delete it with `aws ssm delete-association`",
        ),
    ),
    "aws:ssm/maintenanceWindow:MaintenanceWindow": (
        Read(
            "task",
            windows,
            listed("ssm:DescribeMaintenanceWindowTasks", "Tasks"),
            _task,
            "remove it with `aws ssm deregister-task-from-maintenance-window`",
        ),
        Read(
            "target",
            windows,
            _second,
            always("has the undeclared target {WindowTargetId}"),
            "remove it with `aws ssm deregister-target-from-maintenance-window`",
        ),
    ),
    "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": (
        Nothing("it is a part of the maintenance window"),
    ),
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": (
        Nothing("it is a part of the maintenance window"),
    ),
    "aws:ssm/parameter:Parameter": (
        Read(
            "share",
            advanced_parameters,
            listed("ssm:GetResourcePolicies", "Policies"),
            always("has the resource policy {PolicyId}, which shares it with other accounts"),
            "delete it with `aws ssm delete-resource-policy`, then rotate the secret",
        ),
        Checked("reader", "parameters-readers"),
        Checked("other value", "parameters-unchanged"),
        Checked("key", "parameters-secret"),
        Unread("label", "it names a version that every reader of the parameter may read without it"),
    ),
    "aws:ssm/patchBaseline:PatchBaseline": (Unread("other patch group", "it patches other instances"),),
    "aws:ssm/patchGroup:PatchGroup": (Nothing("it is attached to the patch baseline"),),
}
