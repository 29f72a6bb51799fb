"""Tests of the checks of schedules: what they run, and when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.stack_files import problems

FORMS = "write cron(minute hour day-of-month month day-of-week year) or rate(15 minutes)"
NIGHTLY: dict[str, Any] = {"task": "reencrypt", "expression": "cron(0 3 * * ? *)"}


def schedule(**changes: Any) -> tuple[str, dict[str, Any]]:
    return "schedules.nightly", {**NIGHTLY, **changes}


@pytest.mark.parametrize(
    "expression",
    ["cron(0 3 * * ? *)", "cron(0/15 8-18 ? * MON-FRI *)", "cron(0 8 L * ? 2027)", "cron(0 8 ? * 2#1 *)"],
)
def test_a_cron_expression_of_aws_is_accepted(expression: str) -> None:
    assert problems(schedule(expression=expression)) == []


@pytest.mark.parametrize("expression", ["rate(1 minute)", "rate(15 minutes)", "rate(2 hours)", "rate(1 day)"])
def test_a_rate_is_accepted(expression: str) -> None:
    assert problems(schedule(expression=expression)) == []


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("0 3 * * *", "write cron(minute hour day-of-month month day-of-week year) or rate(15 minutes)"),
        (
            "at(2027-01-01T00:00:00)",
            "write cron(minute hour day-of-month month day-of-week year) or rate(15 minutes)",
        ),
        ("cron(0 3 * * ?)", "has 5 fields and needs 6: minute hour day-of-month month day-of-week year"),
        (
            "cron(0 3 * * * *)",
            "exactly one of day-of-month and day-of-week must be ?; write it for the other one",
        ),
        (
            "cron(0 3 ? * ? *)",
            "exactly one of day-of-month and day-of-week must be ?; write it for the other one",
        ),
        (
            "cron(0 3 ? * mon *)",
            "mon is not a value of a field; use digits, names in capitals and * / , - ? L W #",
        ),
        ("rate(1 minutes)", "write rate(1 minute)"),
        ("rate(5 minute)", "write rate(5 minutes)"),
        ("rate(0 days)", FORMS),
    ],
)
def test_another_expression_is_refused(expression: str, problem: str) -> None:
    assert problems(schedule(expression=expression)) == [
        f"schedules.nightly.expression={expression}: {problem}"
    ]


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    assert problems(schedule(timeZone="Europe/Dubln")) == [
        'schedules.nightly.timeZone=Europe/Dubln: is not in the IANA database; did you mean "Europe/Dublin"?'
    ]


def test_a_task_that_is_not_declared_is_refused() -> None:
    assert problems(schedule(task="reencript")) == [
        'schedules.nightly.task=reencript: is not a one-off task, tool or service; did you mean "reencrypt"?'
    ]


def test_a_service_needs_a_command_that_ends() -> None:
    assert problems(schedule(task="user")) == [
        "schedules.nightly.command: missing; user is a service, whose own command never ends: name the "
        "command to run, or declare it under platform.oneOffTasks"
    ]
    assert problems(schedule(task="user", command=["node", "sweep.js"])) == []


def test_a_host_has_no_schedules() -> None:
    assert problems(schedule(), stack="cinematch-production") == [
        "schedules: run tasks of containers, and platform.kind=host has none; use a timer of the host"
    ]
