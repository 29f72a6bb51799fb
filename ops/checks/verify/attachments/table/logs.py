"""Attachments of log groups, alarms, EventBridge rules and SNS topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.outsiders import let_in
from ops.checks.verify.attachments.resources import account, log_groups, own_account
from ops.checks.verify.attachments.row import (
    Checked,
    Read,
    Resource,
    Row,
    Unread,
    always,
    listed,
)
from ops.core.aws_state import AwsState, Item

_ACCOUNT_POLICIES = ("SUBSCRIPTION_FILTER_POLICY", "TRANSFORMER_POLICY")
_RUNNING = ("PENDING", "PENDING_CANCEL", "RUNNING")


def _policies(aws: AwsState, _: Resource) -> Iterator[Item]:
    for kind in _ACCOUNT_POLICIES:
        yield from aws.list("logs", "describe_account_policies", "accountPolicies", policyType=kind)


def _log_policy(aws: AwsState, _: Resource, item: Item) -> str | None:
    problem = let_in(aws, item.get("policyDocument", ""))
    return f"the resource policy {item['policyName']} of CloudWatch Logs {problem}" if problem else None


def _export(aws: AwsState, _: Resource, item: Item) -> str | None:
    ours = item.get("logGroupName") in {one.name for one in log_groups(aws)}
    if not ours or item.get("status", {}).get("code") not in _RUNNING:
        return None
    return f"the task {item['taskId']} exports {item['logGroupName']} to the bucket {item['destination']}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:cloudwatch/logGroup:LogGroup": (
        Read(
            "subscription filter",
            log_groups,
            listed("logs:DescribeSubscriptionFilters", "subscriptionFilters"),
            always("its lines are sent to {destinationArn} by the subscription filter {filterName}"),
            "delete it with `aws logs delete-subscription-filter`, and find out what its destination got",
        ),
        Read(
            "account policy",
            own_account,
            _policies,
            always("the policy {policyName} of CloudWatch Logs applies to every log group: {policyType}"),
            "delete it with `aws logs delete-account-policy`",
        ),
        Read(
            "resource policy",
            account,
            listed("logs:DescribeResourcePolicies", "resourcePolicies"),
            _log_policy,
            "delete it with `aws logs delete-resource-policy`",
        ),
        Read(
            "export",
            account,
            listed("logs:DescribeExportTasks", "exportTasks"),
            _export,
            "cancel it with `aws logs cancel-export-task`, and delete what is in the bucket",
        ),
        Read(
            "link to a monitoring account",
            account,
            listed("oam:ListLinks", "Items"),
            always("the link {Arn} shares {ResourceTypes} with {SinkArn}"),
            "delete it with `aws oam delete-link`",
        ),
        Read(
            "scheduled query",
            own_account,
            listed("logs:ListScheduledQueries", "scheduledQueries"),
            always("the scheduled query {name} stores results of log groups"),
            "delete it with `aws logs delete-scheduled-query`",
        ),
        Checked("key", "logs-encrypted"),
        Checked("retention", "logs-kept"),
        Unread("anomaly detector or field index", "it sends no line out of the account"),
    ),
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": (Checked("policy", "logs-masked"),),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": (
        Checked("missing filter of a service", "logs-counted"),
        Checked("metric of the trail or the host that no filter counts", "alarms-fed"),
        Unread(
            "changed pattern of a filter, or one filter missing of several for a metric",
            "the nightly preview with a refresh compares them with the stack file",
        ),
    ),
    "aws:cloudwatch/queryDefinition:QueryDefinition": (Checked("text", "audit-queries"),),
}
