"""A command whose AWS calls go to a kept sandbox updates that sandbox."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cli import kept_sandbox
from cli.operator_commands import find_update
from ops.core import updater
from sandbox.session import Session
from settings.stack_file import ROOT

ENDPOINT = "http://127.0.0.1:5"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that updates run, in a place where a sandbox of every stack is kept."""
    commands: list[list[str]] = []

    def run(command: Sequence[str], root: Path) -> None:
        assert root == ROOT
        commands.append(list(command))

    monkeypatch.setattr(kept_sandbox, "run_update", run)
    monkeypatch.setattr(updater, "run_update", run)
    monkeypatch.setattr(updater.shutil, "which", lambda _: "/bin/pulumi")
    monkeypatch.setattr(Session, "endpoint", lambda self: ENDPOINT)
    return commands


def test_the_kept_sandbox_that_the_command_points_at_is_updated(
    ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ENDPOINT)
    find_update("staging", ROOT)()
    assert ran == [[sys.executable, "-m", "sandbox", "up", "--stack", "staging", "--no-verify"]]


@pytest.mark.parametrize(
    "point",
    [
        lambda env: env.delenv("AWS_ENDPOINT_URL", raising=False),
        lambda env: env.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:6"),
    ],
    ids=["at AWS", "at another emulated AWS"],
)
def test_a_stack_elsewhere_is_updated_by_the_pulumi_cli(
    ran: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    point: Callable[[pytest.MonkeyPatch], None],
) -> None:
    point(monkeypatch)
    find_update("staging", ROOT)()
    assert ran[0][:4] == ["/bin/pulumi", "up", "-s", "staging"]
