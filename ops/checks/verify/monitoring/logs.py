"""Checks log groups: existence, retention, encryption, metric filters and data protection."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from ops.checks.verify.data.database import LOGS as DATABASE_LOGS
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from ops.core.session import error_code

SIGNALS = {
    "AuthFailure": ("A44", "A48"),
    "InternalAuthFailure": ("A12", "A44", "A48"),
    "DbConnectFailure": ("A45",),
    "CryptoError": ("A49",),
    "InternalCallFailure": ("A50",),
}
"""The metrics of the metric filters, with the codes of their requirements."""


def declared(aws: AwsState) -> dict[str, int]:
    """The log groups of the stack with their retention in days."""
    settings, names = aws.settings, aws.names
    groups = {names.log_group("flow"): settings.network.flow_log_days}
    if settings.audit is not None:
        groups[names.log_group("trail")] = settings.audit.log_days
    for service in (*settings.services, *settings.tools):
        groups[names.log_group(service)] = settings.monitoring.log_days
    if settings.services:
        insights = f"/aws/ecs/containerinsights/{names.cluster}/performance"
        groups[insights] = settings.monitoring.log_days
    if settings.database is not None:
        for export in sorted(DATABASE_LOGS):
            groups[f"/aws/rds/instance/{names.part('rds')}/{export}"] = settings.database.log_days
    if settings.cache is not None:
        for log in ("slow", "engine"):
            groups[names.log_group(f"redis-{log}")] = settings.cache.log_days
    if settings.edge and settings.edge.waf:
        groups[f"aws-waf-logs-{names.part(names.environment)}"] = settings.edge.log_days
    return groups


def found(aws: AwsState) -> dict[str, Item]:
    """Every log group of the region, by name."""
    listed = aws.list("logs", "describe_log_groups", "logGroups")
    return {one["logGroupName"]: one for one in listed}


@check("logs-present", "A40", "A53")
def present(aws: AwsState) -> Iterator[Problem]:
    """Every declared log group exists."""
    there = found(aws)
    for name in declared(aws):
        if name not in there:
            yield Problem(name, "does not exist", BY_PROGRAM)


@check("logs-kept", "A40")
def kept(aws: AwsState) -> Iterator[Problem]:
    """Every log group of the stack has a retention of at least the declared days."""
    wanted = declared(aws)
    for name, one in own(aws).items():
        days = one.get("retentionInDays")
        if days is None:
            yield Problem(name, "never expires: it has no retention", BY_PROGRAM)
        elif days < wanted.get(name, 0):
            yield Problem(name, f"its retention is {days} days, declared are {wanted[name]}", BY_PROGRAM)


@check("logs-encrypted", "A16", "A40")
def encrypted(aws: AwsState) -> Iterator[Problem]:
    """The logs key encrypts every log group of the stack."""
    for name, one in own(aws).items():
        if not aws.is_key(one.get("kmsKeyId"), "logs"):
            yield Problem(name, f"is not encrypted with {aws.names.key_alias('logs')}", BY_PROGRAM)


@check("logs-counted", "A12", "A44", "A45", "A48", "A49", "A50")
def counted(aws: AwsState) -> Iterator[Problem]:
    """Every service's log group has all metric filters."""
    there = found(aws)
    filters: dict[str, set[str]] = {}
    for one in aws.list("logs", "describe_metric_filters", "metricFilters"):
        metrics = {metric["metricName"] for metric in one["metricTransformations"]}
        filters.setdefault(one["logGroupName"], set()).update(metrics)
    for service in aws.settings.services:
        group = aws.names.log_group(service)
        if group not in there:
            continue  # reported by logs-present
        for metric, requirements in SIGNALS.items():
            if metric not in filters.get(group, set()):
                yield Problem(group, f"has no metric filter for {metric}", BY_PROGRAM, requirements)


@check("logs-masked", "A48")
def masked(aws: AwsState) -> Iterator[Problem]:
    """The data protection policy of every service's log group masks and audits credentials."""
    there = found(aws)
    for service in aws.settings.services:
        group = aws.names.log_group(service)
        if group not in there:
            continue
        try:
            answer = aws.ask("logs", "get_data_protection_policy", logGroupIdentifier=group)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            answer = {}
        policy = answer.get("policyDocument") or ""
        if "Deidentify" not in policy or "Audit" not in policy:
            yield Problem(group, "has no data protection policy that masks credentials", BY_PROGRAM)


def own(aws: AwsState) -> dict[str, Item]:
    """The log groups that exist and are declared or have the stack's prefix, by name."""
    wanted, prefix = declared(aws), aws.names.log_group("")
    lambdas = f"/aws/lambda/{aws.names.part('')}"
    return {
        name: one for name, one in found(aws).items() if name in wanted or name.startswith((prefix, lambdas))
    }
