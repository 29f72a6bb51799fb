"""Tests of the checks of schedules: each changed one is found, and one that is not declared."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ops.live import Live, Make, Undo

GROUP = "aiponge-staging"
CLUSTER = "arn:aws:ecs:eu-west-1:222233334444:cluster/aiponge-staging"
ROLE = "arn:aws:iam::222233334444:role"


def _schedule(live: Live, name: str) -> dict[str, Any]:
    found = live.client("scheduler").get_schedule(GroupName=GROUP, Name=name)
    members = ("Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "State", "Target")
    return {**{key: found[key] for key in members}, "FlexibleTimeWindow": {"Mode": "OFF"}}


def _changed(name: str, **changes: Any) -> Make:
    def make(live: Live) -> Undo:
        before, scheduler = _schedule(live, name), live.client("scheduler")
        scheduler.update_schedule(**{**before, **changes})
        return lambda: scheduler.update_schedule(**before)

    return make


def _target(name: str, **changes: Any) -> Make:
    return lambda live: _changed(name, Target={**_schedule(live, name)["Target"], **changes})(live)


@pytest.mark.parametrize(
    ("make", "subject", "problem"),
    [
        (
            _changed("nightly", ScheduleExpression="rate(1 minute)"),
            "nightly",
            "its ScheduleExpression is rate(1 minute), declared is cron(0 3 * * ? *)",
        ),
        (_changed("nightly", State="DISABLED"), "nightly", "its State is DISABLED, declared is ENABLED"),
        (
            _changed("nightly", ScheduleExpressionTimezone="UTC"),
            "nightly",
            "its ScheduleExpressionTimezone is UTC, declared is Europe/Dublin",
        ),
        (
            _target("nightly", RoleArn=f"{ROLE}/aiponge-pulumi-up"),
            "nightly",
            f"its role is {ROLE}/aiponge-pulumi-up, declared is {ROLE}/aiponge-schedule-nightly",
        ),
        (
            _target("sweep", Input='{"containerOverrides": [{"name": "storage", "command": ["sh"]}]}'),
            "sweep",
            "its command is ['sh'], declared is ['node', 'sweep.js']",
        ),
    ],
)
def test_a_changed_schedule_is_found(live: Live, make: Make, subject: str, problem: str) -> None:
    (found,) = live.findings_of(make, "schedules-")
    assert (found.check, found.subject) == ("schedules-present", f"schedule {subject}")
    assert found.problem == problem


def test_a_missing_schedule_is_found(live: Live) -> None:
    def make(live: Live) -> Undo:
        before, scheduler = _schedule(live, "nightly"), live.client("scheduler")
        scheduler.delete_schedule(GroupName=GROUP, Name="nightly")
        return lambda: scheduler.create_schedule(**before)

    (found,) = live.findings_of(make, "schedules-")
    assert (found.check, found.problem) == ("schedules-present", "does not exist")


@pytest.mark.parametrize("group", [GROUP, "default"])
def test_an_undeclared_schedule_of_the_cluster_is_found(live: Live, group: str) -> None:
    def make(live: Live) -> Undo:
        scheduler = live.client("scheduler")
        target = {**_schedule(live, "sweep")["Target"], "Arn": CLUSTER}
        named = {"Name": "by-hand", "GroupName": group}
        scheduler.create_schedule(
            **named,
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
        )
        return lambda: scheduler.delete_schedule(**named)

    (found,) = live.findings_of(make, "schedules-")
    assert (found.check, found.subject) == ("schedules-undeclared", f"schedule {group}/by-hand")
