"""Tests of the host's check against reports that a test sets: what counts, and how it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.checks.verify.host import installation
from settings.host_env import HOST_PARTS
from tests.ops.live import declared

HOST = declared("cinematch-staging")
Reports = dict[str, list[tuple[int, float]]]


class _Aws:
    """Instances by their age in minutes, and reports by part, each with its age in minutes; "" counts all."""

    def __init__(self, reports: Reports, *ages: int, **settings: Any) -> None:
        self.settings = HOST.model_copy(update=settings)
        self.names, self.asked = HOST.names, dict[str, Any]()
        self._reports, self._now = reports, datetime.now(UTC)
        self.launched = [self._now - timedelta(minutes=age) for age in ages]

    def list(self, service: str, operation: str, member: str, **asked: Any) -> list[Any]:
        self.asked[operation] = asked
        if service == "ec2":
            return [{"Instances": [{"InstanceId": f"i-{at:%M}", "LaunchTime": at} for at in self.launched]}]
        parts = [
            {one["Name"]: one["Value"] for one in query["MetricStat"]["Metric"]["Dimensions"]}.get("Part", "")
            for query in asked["MetricDataQueries"]
        ]
        return [
            {
                "Id": query["Id"],
                "Timestamps": [self._now - timedelta(minutes=age) for age, _ in self._reports.get(part, [])],
                "Values": [value for _, value in self._reports.get(part, [])],
            }
            for query, part in zip(asked["MetricDataQueries"], parts, strict=True)
        ]


def said(aws: _Aws) -> list[str]:
    stub: Any = aws
    return [one.problem for one in installation.complete(stub)]


@pytest.mark.accepts("B62")
@pytest.mark.parametrize("part", HOST_PARTS)
def test_each_part_that_is_reported_missing_is_named(part: str) -> None:
    assert said(_Aws({"": [(1, 1.0)], part: [(1, 1.0)]}, 60)) == [f"lacks {part}"]


def test_the_newest_report_counts() -> None:
    assert said(_Aws({"": [(1, 0.0), (3, 2.0)], "aws-cli": [(3, 1.0)]}, 60)) == []
    newest = {"": [(1, 1.0), (3, 2.0)], "aws-cli": [(3, 1.0)], "packages": [(1, 1.0), (3, 1.0)]}
    assert said(_Aws(newest, 60)) == ["lacks packages"]


def test_parts_that_are_not_known_here_are_counted() -> None:
    assert said(_Aws({"": [(1, 2.0)]}, 60)) == ["lacks 2 parts"]


@pytest.mark.parametrize(
    ("age", "minutes"), [(60, 15), (-5, 1)], ids=["long ago", "by a clock that is ahead"]
)
def test_reports_of_a_quarter_of_an_hour_count_and_a_minute_is_the_least(age: int, minutes: int) -> None:
    aws = _Aws({"": [(0, 0.0)]}, age)
    assert said(aws) == []
    asked = aws.asked["get_metric_data"]
    # The end is a minute ahead: CloudWatch leaves out the end itself.
    assert asked["EndTime"] - asked["StartTime"] == timedelta(minutes=minutes + 1)


def test_only_reports_since_the_launch_of_the_newest_instance_count() -> None:
    aws = _Aws({}, 60, 5)
    assert said(aws) == ["reports nothing about its installation: it may lack the AWS CLI"]
    assert aws.asked["get_metric_data"]["StartTime"] == aws.launched[1]


def test_a_stack_without_host_is_not_asked() -> None:
    aws = _Aws({}, platform=declared().platform)
    assert said(aws) == []
    assert aws.asked == {}
