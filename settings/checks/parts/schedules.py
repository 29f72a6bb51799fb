"""Checks of schedules: their task, their expression and their time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

from settings.checks.check import Others
from settings.errors import nearest
from settings.parts import scheduled_task
from settings.schema.stack import Settings

_RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([^()]*)\)")
_FIELD = re.compile(r"[A-Z0-9*/,#?LW-]+")
_CRON_FIELDS = 6
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


def schedule_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check what each schedule runs, and when."""
    if settings.schedules and settings.containers is None:
        yield "schedules: run tasks of containers, and platform.kind=host has none; use a timer of the host"
        return
    platform = settings.containers
    known = (*platform.one_off_tasks, *platform.tools, *platform.services) if platform else ()
    for key, schedule in settings.schedules.items():
        where, task = f"schedules.{key}", scheduled_task(settings, schedule.task)
        if task is None:
            hint = nearest(schedule.task, known) or "; declare it under platform.oneOffTasks"
            yield f"{where}.task={schedule.task}: is not a one-off task, tool or service{hint}"
        elif task.server and not schedule.command:
            yield (
                f"{where}.command: missing; {schedule.task} is a service, whose own command never ends: "
                "name the command to run, or declare it under platform.oneOffTasks"
            )
        if problem := _expression_problem(schedule.expression):
            yield f"{where}.expression={schedule.expression}: {problem}"
        if schedule.time_zone not in available_timezones():
            hint = nearest(schedule.time_zone, sorted(available_timezones())) or "; use UTC"
            yield f"{where}.timeZone={schedule.time_zone}: is not in the IANA database{hint}"


def _expression_problem(expression: str) -> str | None:
    """What is wrong with an expression; values in fields are left to Scheduler."""
    if rate := _RATE.fullmatch(expression):
        plural = "" if rate[1] == "1" else "s"
        return None if rate[3] == plural else f"write rate({rate[1]} {rate[2]}{plural})"
    found = _CRON.fullmatch(expression)
    if found is None:
        return "write cron(minute hour day-of-month month day-of-week year) or rate(15 minutes)"
    fields = found[1].split()
    if len(fields) != _CRON_FIELDS:
        return f"has {len(fields)} fields and needs 6: minute hour day-of-month month day-of-week year"
    if wrong := [one for one in fields if not _FIELD.fullmatch(one)]:
        return f"{wrong[0]} is not a value of a field; use digits, names in capitals and * / , - ? L W #"
    if (fields[_DAY_OF_MONTH] == "?") is (fields[_DAY_OF_WEEK] == "?"):
        return "exactly one of day-of-month and day-of-week must be ?; write it for the other one"
    return None
