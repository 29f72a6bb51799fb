"""Checks that the host runs, and that it reports every part of its installation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.checks.verify.registry import Problem, check
from ops.core.aws_state import AwsState, Item
from settings.host_env import HOST_PARTS, MISSING_PARTS, host_namespace

SILENCE = timedelta(minutes=15)
"""A host reports every two minutes, and CloudWatch shows a report up to two minutes later."""
_MINUTE = timedelta(minutes=1)
_JOURNAL = "read `journalctl -u host-install` in a session of Session Manager"


@check("host-installation", "B62")
def complete(aws: AwsState) -> Iterator[Problem]:
    """An instance runs, and its newest report says that no part of its installation is missing."""
    if aws.settings.host is None:
        return
    group, running = aws.names.host_name, _running(aws)
    if not running:
        yield Problem(group, "no instance runs", "read the scaling activities of this Auto Scaling group")
        return
    newest = max(running, key=lambda one: one["LaunchTime"])
    reports = _reports(aws, newest["LaunchTime"])
    total = reports[""]
    if not total:
        problem = "reports nothing about its installation: it may lack the AWS CLI"
        since = f"{newest['LaunchTime'].astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        remedy = f"{_JOURNAL}; a new host needs about 5 minutes, and this one started at {since}"
        yield Problem(f"instance {newest['InstanceId']}", problem, remedy)
    elif total[0][1] > 0:
        missing = [part for part in HOST_PARTS if reports[part] and reports[part][0][0] >= total[0][0]]
        lacks = ", ".join(missing) or f"{total[0][1]:.0f} parts"
        yield Problem(f"instance {newest['InstanceId']}", f"lacks {lacks}", _JOURNAL)


def _running(aws: AwsState) -> list[Item]:
    filters = [
        {"Name": "tag:Name", "Values": [aws.names.host_name]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    reservations = aws.list("ec2", "describe_instances", "Reservations", Filters=filters)
    return [one for reservation in reservations for one in reservation["Instances"]]


def _reports(aws: AwsState, launched: datetime) -> dict[str, list[tuple[datetime, float]]]:
    """The reports since the launch by part, newest first; those that count missing parts have no name."""
    now = datetime.now(UTC)
    start = max(now - SILENCE, min(launched, now - _MINUTE))
    queries = [_query(aws, number, part) for number, part in enumerate(("", *HOST_PARTS))]
    results = aws.list(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=start,
        EndTime=now + _MINUTE,
        ScanBy="TimestampDescending",
    )
    found: dict[str, list[tuple[datetime, float]]] = {part: [] for part in ("", *HOST_PARTS)}
    for one in results:
        part = ("", *HOST_PARTS)[int(one["Id"].removeprefix("m"))]
        found[part] += zip(one["Timestamps"], one["Values"], strict=True)
    return found


def _query(aws: AwsState, number: int, part: str) -> dict[str, Any]:
    dimensions = {"AutoScalingGroupName": aws.names.host_name} | ({"Part": part} if part else {})
    metric = {
        "Namespace": host_namespace(aws.names),
        "MetricName": MISSING_PARTS,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
