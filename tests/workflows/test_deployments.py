"""Tests that the deploy workflows give `python -m deploy` what it needs, wherever they are called from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.delivery.github_oidc import SESSION_S
from deploy.__main__ import COMMANDS
from settings.stack_file import ROOT

ACTION = ROOT / ".github" / "actions" / "deploy" / "action.yml"
WORKFLOWS = ("deploy-ecs.yml", "deploy-host.yml")
# What GitHub sets, and what the action's steps set themselves.
BY_GITHUB = {"GITHUB_SHA", "GITHUB_OUTPUT"}


def action() -> dict[str, Any]:
    return yaml.safe_load(ACTION.read_text())


def run_step() -> dict[str, Any]:
    (step,) = (one for one in action()["runs"]["steps"] if one.get("id") == "run")
    return step


def steps(workflow: str) -> list[dict[str, Any]]:
    document = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text())
    return [one for one in document["jobs"]["deploy"]["steps"] if one["uses"].startswith("$/")]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_action_sets_every_variable_of_every_command(command: str) -> None:
    assert set(COMMANDS[command].needs) <= {*run_step()["env"], *BY_GITHUB}


def test_the_action_passes_every_input_on() -> None:
    text = ACTION.read_text()
    for name in action()["inputs"]:
        assert f"${{{{ inputs.{name} }}}}" in text, name


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_an_action_of_this_repository_is_named_so_that_callers_need_no_copy_of_it(workflow: str) -> None:
    """`./` would be the caller's checkout."""
    assert {one["uses"] for one in steps(workflow)} == {"$/.github/actions/deploy"}


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_step_gives_what_its_command_needs(workflow: str) -> None:
    variables = {
        variable: found.group(1)
        for variable, value in run_step()["env"].items()
        if (found := re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value))
    }
    defaults = {name for name, one in action()["inputs"].items() if one.get("default")}
    for step in steps(workflow):
        given = step["with"]
        assert set(given) <= set(action()["inputs"])
        for variable in COMMANDS[given["command"]].needs:
            name = variables.get(variable)
            assert variable in BY_GITHUB or name in given or name in defaults, (given["command"], variable)


@pytest.mark.accepts("B5")
def test_the_order_is_image_migration_service() -> None:
    assert [one["with"]["command"] for one in steps("deploy-ecs.yml")] == ["image", "migrate", "service"]
    assert [one["with"]["command"] for one in steps("deploy-host.yml")] == ["image", "host"]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_what_is_deployed_is_what_was_pushed(workflow: str) -> None:
    for step in steps(workflow)[1:]:
        assert step["with"]["image"] == "${{ steps.image.outputs.image }}"


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_wait_and_the_roll_back_after_it_end_within_one_session(workflow: str) -> None:
    minutes = int(steps(workflow)[-1]["with"]["minutes"])
    assert 2 * minutes * 60 < SESSION_S


def run(folder: Path, command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The action's last step, in the checkout of an application."""
    python = folder / "temp" / "deploy" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    checkout = folder / "application"
    (checkout / "deploy").mkdir(parents=True)
    (checkout / "deploy" / "__init__.py").write_text(
        "raise SystemExit('the application has this package too')"
    )
    path = run_step()["env"]["PYTHONPATH"].replace("${{ github.action_path }}", str(ACTION.parent))
    packages = next(one for one in sys.path if one.endswith("site-packages"))
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run_step()["run"]],
        cwd=checkout,
        env={
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(folder / "temp"),
            "PYTHONPATH": f"{path}:{packages}",
            "COMMAND": command,
            **env,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_package_of_the_application_with_the_same_name_does_not_run_instead(tmp_path: Path) -> None:
    done = run(tmp_path, "service")
    assert (done.returncode, done.stderr.partition(" not set")[0]) == (
        2,
        ", ".join(COMMANDS["service"].needs),
    )


def test_the_exit_code_of_the_program_is_that_of_the_step(tmp_path: Path) -> None:
    done = run(tmp_path, "sing")
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "usage")


def test_the_packages_of_the_program_are_pinned_as_in_the_lock() -> None:
    pin = re.compile(r"^([a-z0-9.-]+==\S+) \\$", re.M)
    wanted = pin.findall((ROOT / "deploy" / "requirements.txt").read_text())
    assert [one.split("==")[0] for one in wanted][:2] == ["boto3", "botocore"]
    assert set(wanted) <= set(pin.findall((ROOT / "requirements.lock").read_text()))
