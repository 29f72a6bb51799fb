"""Checks that the trail logs all management events and that its log files are validated and locked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from settings.schema.audit import AuditSettings
from settings.trail_queries import QUERIES, query_name

_DELIVERIES = {
    "LatestDeliveryError": "cannot deliver its log files",
    "LatestDigestDeliveryError": "cannot deliver its digest files",
    "LatestCloudWatchLogsDeliveryError": "cannot deliver to its log group",
}


def trail(aws: AwsState) -> Item | None:
    """The stack's trail; None where the stack declares none or the trail does not exist."""
    if aws.settings.audit is None:
        return None
    listed = aws.ask("cloudtrail", "describe_trails", includeShadowTrails=False)["trailList"]
    return next((one for one in listed if one["TrailARN"] == aws.names.trail_arn), None)


@check("audit-trail", "B35")
def sound(aws: AwsState) -> Iterator[Problem]:
    """The trail covers all regions and global services, validates its log files, and is encrypted."""
    if aws.settings.audit is None:
        return
    name, found = aws.names.trail, trail(aws)
    if found is None:
        yield Problem(name, "does not exist: no API call is logged", BY_PROGRAM)
        return
    for member, what in (
        ("IsMultiRegionTrail", "covers one region only"),
        ("IncludeGlobalServiceEvents", "does not include global services (IAM, STS)"),
        ("LogFileValidationEnabled", "does not validate its log files"),
    ):
        if not found.get(member):
            yield Problem(name, what, BY_PROGRAM)
    if not aws.is_key(found.get("KmsKeyId"), "audit"):
        yield Problem(name, f"is not encrypted with {aws.names.key_alias('audit')}", BY_PROGRAM)
    if found.get("CloudWatchLogsLogGroupArn") != f"{aws.names.log_group_arn('trail')}:*":
        yield Problem(name, f"does not deliver to {aws.names.log_group('trail')}", BY_PROGRAM)


@check("audit-trail-logging", "B35")
def logging(aws: AwsState) -> Iterator[Problem]:
    """The trail is logging and delivers."""
    if trail(aws) is None:
        return  # another check's finding
    name = aws.names.trail
    status = aws.ask("cloudtrail", "get_trail_status", Name=aws.names.trail_arn)
    if not status.get("IsLogging"):
        remedy = "run `aws cloudtrail start-logging`, and find out who stopped it"
        yield Problem(name, "is not logging", remedy)
    for member, what in _DELIVERIES.items():
        if status.get(member):
            yield Problem(name, f"{what}: {status[member]}", "check its bucket, key and role")


@check("audit-trail-calls", "B35")
def calls(aws: AwsState) -> Iterator[Problem]:
    """The trail logs all management events, reads and KMS events among them."""
    if trail(aws) is None:
        return
    name = aws.names.trail
    answer = aws.ask("cloudtrail", "get_event_selectors", TrailName=aws.names.trail_arn)
    selectors: list[dict[str, Any]] = answer.get("EventSelectors") or []
    whole = [
        one for one in selectors if one.get("IncludeManagementEvents") and one.get("ReadWriteType") == "All"
    ]
    if not whole:
        yield Problem(name, "does not log all management events", BY_PROGRAM)
    for source in sorted(
        {source for one in whole for source in one.get("ExcludeManagementEventSources", [])}
    ):
        yield Problem(name, f"excludes events of {source}", BY_PROGRAM)


@check("audit-files", "B35")
def files(aws: AwsState) -> Iterator[Problem]:
    """The bucket of the trail has the declared Object Lock, blocks public access and logs its readers."""
    audit, found = aws.settings.audit, trail(aws)
    if audit is None or found is None:
        return
    bucket = found["S3BucketName"]
    yield from _lock(aws, audit, bucket)
    access = aws.of_bucket("get_public_access_block", bucket).get("PublicAccessBlockConfiguration", {})
    switches = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    if not all(access.get(switch) for switch in switches):
        yield Problem(bucket, "public access is not blocked", BY_PROGRAM)
    if not aws.ask("s3", "get_bucket_logging", Bucket=bucket).get("LoggingEnabled"):
        yield Problem(bucket, "server access logging is off", BY_PROGRAM)
    if "aws:SecureTransport" not in aws.of_bucket("get_bucket_policy", bucket).get("Policy", ""):
        yield Problem(bucket, "accepts requests without TLS", BY_PROGRAM)


@check("audit-queries", "B58")
def queries(aws: AwsState) -> Iterator[Problem]:
    """The saved Logs Insights queries for incidents exist, over the trail's log group."""
    if aws.settings.audit is None:
        return
    listed = aws.list("logs", "describe_query_definitions", "queryDefinitions")
    there = {one["name"]: one for one in listed}
    group = aws.names.log_group("trail")
    for query, text in QUERIES.items():
        name = query_name(aws.names, query)
        found = there.get(name)
        if found is None:
            yield Problem(name, "does not exist", BY_PROGRAM)
        elif group not in found.get("logGroupNames", []) or found.get("queryString") != text:
            yield Problem(name, "its log group or text is not the declared one", BY_PROGRAM)


def _lock(aws: AwsState, audit: AuditSettings, bucket: str) -> Iterator[Problem]:
    answer = aws.of_bucket("get_object_lock_configuration", bucket)
    rule = answer.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
    if not rule:
        yield Problem(bucket, "has no default Object Lock retention", BY_PROGRAM)
    elif rule.get("Days", 0) < audit.lock_days:
        days = rule.get("Days", 0)
        problem = f"its Object Lock retention is {days} days, declared are {audit.lock_days}"
        yield Problem(bucket, problem, BY_PROGRAM)
    elif rule.get("Mode") != audit.lock_mode:
        problem = f"its Object Lock mode is {rule.get('Mode')}, declared is {audit.lock_mode}"
        yield Problem(bucket, problem, BY_PROGRAM)
