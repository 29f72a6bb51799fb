"""Tests of the revoked sessions: which roles lose the sessions from before an incident."""

from __future__ import annotations

import pytest

from ops.incident.sessions import roles
from tests.ops.live import declared


@pytest.mark.parametrize(
    "role", ["emergency", "auditor", "deploy", "pulumi-up", "pulumi-plan", "rotate", "exec-user", "task-user"]
)
def test_the_sessions_of_a_role_of_people_pipelines_and_tasks_are_revoked(role: str) -> None:
    assert f"aiponge-{role}" in roles(declared())
