"""Derives the task definition, container and roles of the task that a schedule runs."""

from __future__ import annotations

from dataclasses import dataclass

from settings.schema.stack import Settings


@dataclass(frozen=True, kw_only=True)
class ScheduledTask:
    """What a schedule runs."""

    family: str
    """The family of its task definition; the latest revision runs, which a deployment made."""
    container: str
    """The container whose command a schedule may replace."""
    runs_as: str
    """The service or tool whose image, roles and security group it has."""
    server: bool
    """Whether it is the task definition of a service, whose own command never ends."""


def scheduled_tasks(settings: Settings) -> dict[str, ScheduledTask]:
    """The task of each schedule, by the schedule's short name."""
    found = {key: scheduled_task(settings, one.task) for key, one in settings.schedules.items()}
    return {key: task for key, task in found.items() if task is not None}


def scheduled_task(settings: Settings, task: str) -> ScheduledTask | None:
    """The task of this name; None where the stack declares none."""
    platform = settings.containers
    if platform is None:
        return None
    one_off = platform.one_off_tasks.get(task)
    if one_off is None and task not in platform.services and task not in platform.tools:
        return None
    return ScheduledTask(
        family=settings.names.part(task),
        container=task,
        runs_as=one_off.service if one_off else task,
        server=task in platform.services,
    )
