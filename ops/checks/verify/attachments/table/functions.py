"""Attachments of Lambda functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ops.checks.verify.attachments.outsiders import let_in_by_policy
from ops.checks.verify.attachments.resources import (
    functions,
)
from ops.checks.verify.attachments.row import (
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    always,
    asked,
    described,
    listed,
)
from ops.core.aws_state import AwsState, Item

_FARGATE = ("FARGATE", "FARGATE_SPOT")


def _destinations(aws: AwsState, function: Resource, item: Item) -> str | None:
    found = item.get("DestinationConfig") or {}
    where = [each["Destination"] for each in found.values() if each.get("Destination")]
    return f"its results are sent to {', '.join(where)}" if where else None


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:lambda/function:Function": (
        Read(
            "policy",
            functions,
            asked("lambda:GetPolicy", "Policy", absent=("ResourceNotFoundException",)),
            let_in_by_policy,
            "remove the statement with `aws lambda remove-permission`",
        ),
        Read(
            "function URL",
            functions,
            listed("lambda:ListFunctionUrlConfigs", "FunctionUrlConfigs"),
            always("has the function URL {FunctionUrl}"),
            "delete it with `aws lambda delete-function-url-config`",
        ),
        Read(
            "event source mapping",
            functions,
            listed("lambda:ListEventSourceMappings", "EventSourceMappings"),
            always("is invoked by the undeclared event source {EventSourceArn}"),
            "delete it with `aws lambda delete-event-source-mapping`",
        ),
        Read(
            "alias",
            functions,
            listed("lambda:ListAliases", "Aliases"),
            always("has the undeclared alias {Name}"),
            "delete it with `aws lambda delete-alias`",
        ),
        Read(
            "version",
            functions,
            listed("lambda:ListVersionsByFunction", "Versions"),
            lambda aws, one, item: (
                None if item["Version"] == "$LATEST" else f"has the undeclared version {item['Version']}"
            ),
            "delete it with `aws lambda delete-function --qualifier`",
        ),
        Read(
            "destination",
            functions,
            listed("lambda:ListFunctionEventInvokeConfigs", "FunctionEventInvokeConfigs"),
            _destinations,
            "delete it with `aws lambda delete-function-event-invoke-config`",
        ),
        Read(
            "layer",
            functions,
            described("Layers"),
            always("has the undeclared layer {Arn}, whose code sees every value that the function reads"),
            "run `pulumi up --refresh`, then rotate what the function reads",
        ),
        Checked("secret value in a variable", "leaks-functions"),
        Unread("variables", "the nightly preview with a refresh compares them with the stack file"),
        Unread("code", "AWS gives its hash only, which the stack does not record"),
    ),
    "aws:lambda/permission:Permission": (Nothing("it is a statement in the function's policy"),),
    "aws:lambda/invocation:Invocation": (Nothing("it is a call, not a resource"),),
}
