"""Tests of what holds for every list of a stack file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.stack_files import accept, problems


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("network.endpoints", ["logs", "ecr.api", "ecr.dkr", "secretsmanager", "logs"]),
        ("platform.services.user.stores", ["database", "cache", "database"]),
        ("platform.services.user.calls", ["music", "music"]),
        ("secrets.jwt-secret.readers", ["user", "api-gateway", "user"]),
    ],
)
def test_a_list_that_names_something_twice_is_refused(path: str, value: list[Any]) -> None:
    assert f"{path}: lists {value[-1]} twice; remove one" in problems((path, value))


def test_the_words_of_a_command_may_repeat() -> None:
    command = ["tool", "--key", "a", "--key", "b"]
    settings = accept(("platform.oneOffTasks.migrate.command", command))
    assert settings.containers
    assert list(settings.containers.one_off_tasks["migrate"].command) == command
