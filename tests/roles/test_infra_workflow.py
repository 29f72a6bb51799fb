"""Tests that each job of infra.yml takes a role that may make the calls of the job's own commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.program import ROOT
from tests.roles.commands import command_needs
from tests.roles.documents import plan_role, update_role
from tests.roles.needs import Need, unmet
from tests.roles.stacks import key_policies, preview_needs, settings_of, update_needs

ONE_OF_EACH_PLATFORM = ("prod", "cinematch-production")
GITHUB = ROOT / ".github"
COMMAND = re.compile(r"\bpulumi (?:stack )?[a-z]+|python -m (?:ops(?: \w+|\.[\w.]+)|settings\.\w+)")
ROLES = {"plan": plan_role, "up": update_role}
WITHOUT_CALLS = {
    "python -m ops.ci.preview_diff": "it compares two files",
    "python -m ops.ci.target": "it reads the stack file",
    "python -m settings.policy_config": "it reads the stack file",
}


def needs_of(command: str, stack: str) -> set[Need]:
    """What a command asks AWS for, of the tables of this folder."""
    settings = settings_of(stack)
    match command:
        case "pulumi login" | "pulumi stack select" | "pulumi preview":
            return set(preview_needs(stack))
        case "pulumi up":
            return set(update_needs(stack))
        case "python -m ops due":
            return command_needs(settings, plan=True)
        case "python -m ops verify":
            return {need for need in command_needs(settings) if need.why.startswith("ops checks/verify")}
        case _:
            assert command in WITHOUT_CALLS, f"what {command} asks AWS for is not in this test"
            return set()


def jobs() -> Iterator[tuple[str, str, set[str]]]:
    """Each job that takes a role, the role, and its commands with those of the action that takes the role."""
    document: dict[str, Any] = yaml.safe_load((GITHUB / "workflows" / "infra.yml").read_text())
    before = set(COMMAND.findall((GITHUB / "actions" / "pulumi" / "action.yml").read_text()))
    for name, job in document["jobs"].items():
        taken = [one["with"]["role"] for one in job["steps"] if one.get("uses") == "./.github/actions/pulumi"]
        if taken:
            runs = "\n".join(one.get("run", "") for one in job["steps"])
            yield name, taken[0], before | set(COMMAND.findall(runs))


def distinct() -> dict[str, tuple[str, frozenset[str]]]:
    """The role and commands of each kind of job, by the first job of the kind."""
    kinds = {(role, frozenset(commands)): job for job, role, commands in reversed([*jobs()])}
    return {job: kind for kind, job in kinds.items()}


@pytest.mark.parametrize("stack", ONE_OF_EACH_PLATFORM)
@pytest.mark.parametrize("job", sorted(distinct()))
def test_the_role_of_a_job_may_make_the_calls_of_its_commands(job: str, stack: str) -> None:
    role, commands = distinct()[job]
    allowed = ROLES[role](settings_of(stack), key_policies(stack)).allows
    unanswered = {command: unmet(needs_of(command, stack), allowed) for command in commands}
    assert unanswered == {command: [] for command in commands}


def test_every_job_runs_a_command_that_asks_for_something() -> None:
    names = {job: commands - set(WITHOUT_CALLS) for job, _, commands in jobs()}
    assert set(names) == {
        *("preview-staging", "up-staging", "preview-production", "up-production", "drift", "due")
    }
    assert all(len(commands) >= 3 for commands in names.values())


def test_the_plan_role_could_not_run_the_update() -> None:
    allowed = plan_role(settings_of("prod"), key_policies("prod")).allows
    assert unmet(needs_of("pulumi up", "prod"), allowed) != []
