"""Tests of the task definition, container and roles of a scheduled task."""

from __future__ import annotations

import pytest

from settings import read_stack_file
from settings.parts import ScheduledTask, scheduled_task, scheduled_tasks
from tests.parts import parts_settings


def test_a_one_off_task_runs_as_its_service() -> None:
    assert scheduled_tasks(parts_settings())["nightly"] == ScheduledTask(
        family="aiponge-report", container="report", runs_as="user", server=False
    )


@pytest.mark.parametrize(("task", "server"), [("storage", True), ("reencrypt", False)])
def test_a_service_or_tool_runs_as_itself(task: str, server: bool) -> None:
    assert scheduled_task(parts_settings(), task) == ScheduledTask(
        family=f"aiponge-{task}", container=task, runs_as=task, server=server
    )


def test_another_name_is_no_task() -> None:
    assert scheduled_task(parts_settings(), "unknown") is None
    assert scheduled_task(read_stack_file("cinematch-production"), "web") is None
