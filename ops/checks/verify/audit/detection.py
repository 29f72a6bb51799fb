"""Checks that GuardDuty, IAM Access Analyzer and AWS Config are on, as declared."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item

_AGENTS = ("EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT")


@check("detection-detector", "B59")
def detector(aws: AwsState) -> Iterator[Problem]:
    """GuardDuty is enabled, with every declared feature."""
    audit = aws.settings.audit
    if audit is None or not audit.account_wide:
        return
    subject = f"GuardDuty in {aws.settings.region}"
    ids = aws.list("guardduty", "list_detectors", "DetectorIds")
    if not ids:
        yield Problem(subject, "has no detector", BY_PROGRAM)
        return
    found = aws.ask("guardduty", "get_detector", DetectorId=ids[0])
    if found.get("Status") != "ENABLED":
        yield Problem(subject, "is suspended", "enable it, and find out who suspended it")
    features = {one["Name"]: one for one in found.get("Features", [])}
    for name in audit.guard_duty:
        if features.get(name, {}).get("Status") != "ENABLED":
            yield Problem(subject, f"{name} is off", BY_PROGRAM)
        elif name == "RUNTIME_MONITORING":
            agents = {
                one["Name"]: one.get("Status") for one in features[name].get("AdditionalConfiguration", [])
            }
            for agent in _AGENTS:
                if agents.get(agent) != "ENABLED":
                    yield Problem(subject, f"{agent} is off", BY_PROGRAM)


@check("detection-analyzers", "B60")
def analyzers(aws: AwsState) -> Iterator[Problem]:
    """The analyzers of external access and of unused access are active."""
    audit = aws.settings.audit
    if audit is None or not audit.account_wide:
        return
    listed = aws.list("accessanalyzer", "list_analyzers", "analyzers")
    active = {one["type"]: one for one in listed if one.get("status") == "ACTIVE"}
    for kind in ("ACCOUNT", "ACCOUNT_UNUSED_ACCESS"):
        if kind not in active:
            yield Problem(f"analyzer of type {kind}", "does not exist or is not active", BY_PROGRAM)
    unused = active.get("ACCOUNT_UNUSED_ACCESS", {})
    age = _unused_days(unused)
    if unused and age != audit.unused_access_days:
        yield Problem(unused["name"], f"reports after {age} days, not {audit.unused_access_days}", BY_PROGRAM)


@check("detection-recorder", "B35")
def recorder(aws: AwsState) -> Iterator[Problem]:
    """AWS Config records and delivers what it records."""
    if not aws.settings.owns_account:
        return
    subject = f"AWS Config in {aws.settings.region}"
    listed = aws.ask("config", "describe_configuration_recorder_status")["ConfigurationRecordersStatus"]
    if not any(one.get("recording") for one in listed):
        yield Problem(subject, "does not record", BY_PROGRAM)
    for one in listed:
        if str(one.get("lastStatus", "")).upper() == "FAILURE":
            yield Problem(subject, "cannot deliver what it records", "check its bucket, key and role")


def _unused_days(analyzer: Item) -> int | None:
    return analyzer.get("configuration", {}).get("unusedAccess", {}).get("unusedAccessAge")
