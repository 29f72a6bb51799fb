"""Tests of ``strongroom``: it has the commands and options of both ``python -m`` forms."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli import operator_commands, sandbox_run
from cli.cost_command import cost
from cli.main import app
from ops.core.exits import Exit
from sandbox.cli import Options, parser
from settings.stack_file import ROOT

COMMANDS = getattr(get_command(app), "commands")  # noqa: B009  (of typer's group class)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, arguments)


def options(command: Any) -> dict[str, tuple[Any, ...]]:
    """Flag to the help, the default, whether it must be given, and whether it is shown."""
    return {
        one.opts[0]: (one.help, one.default or None, one.required, one.hidden)
        for one in command.params
        if one.opts[0] != "--help"
    }


def typed_options(command: argparse.ArgumentParser) -> dict[str, tuple[Any, ...]]:
    """The same for a command of ``python -m sandbox``."""
    hidden = argparse.SUPPRESS
    return {
        one.option_strings[0]: (
            None if one.help == hidden else one.help,
            one.default or None,
            one.required,
            one.help == hidden,
        )
        for one in command._actions
        if one.option_strings[0] != "-h"
    }


def test_the_version_is_that_of_the_project() -> None:
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.M)
    assert run("--version").stdout == f"strongroom {version}\n"


def test_every_command_of_ops_and_of_the_sandbox_is_there() -> None:
    of_ops = getattr(get_command(operator_commands.app), "commands")  # noqa: B009  (of typer's group class)
    assert COMMANDS.keys() == {"cost", "preview", "up", "report", *of_ops}


def test_the_updater_of_kept_sandboxes_is_handed_to_the_commands_of_ops() -> None:
    for one in (app, operator_commands.app):
        context = get_command(one).make_context("strongroom", ["due"])
        assert context.obj is operator_commands.find_update


@pytest.mark.parametrize("name", ["preview", "up"])
def test_a_command_of_the_sandbox_has_the_options_of_the_other_form(name: str) -> None:
    (commands,) = (one for one in parser()._actions if isinstance(one, argparse._SubParsersAction))
    assert options(COMMANDS[name]) == typed_options(commands.choices[name])


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        (["preview", "--stack", "prod"], Options("preview", "prod")),
        (["preview", "--stack", "prod", "--verbose"], Options("preview", "prod", verbose=True)),
        (
            ["up", "--stack", "prod", "--keep", "--port", "4566", "--no-verify", "--json", "run.json"],
            Options("up", "prod", json=Path("run.json"), keep=True, port=4566, no_verify=True),
        ),
        (
            ["preview", "--stack", "prod", "--sarif", "out.sarif", "--junit", "out.xml"],
            Options("preview", "prod", sarif=Path("out.sarif"), junit=Path("out.xml")),
        ),
        (["up", "--stack", "prod", "--verbose"], Options("up", "prod", verbose=True)),
        (["up", "--stack", "prod", "--postgres", "host=h"], Options("up", "prod", postgres="host=h")),
    ],
    ids=["preview", "preview verbose", "up", "preview in other formats", "up verbose", "postgres"],
)
def test_a_command_of_the_sandbox_runs_with_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], given: Options
) -> None:
    ran: list[Options] = []
    monkeypatch.setattr(sandbox_run, "run", ran.append)
    assert run(*typed).exit_code == 0
    assert ran == [given]


def test_a_wrong_argument_of_a_command_of_the_sandbox_exits_2() -> None:
    assert run("up").exit_code == 2


@pytest.mark.parametrize("module", ["cli.main", "cli.operator_commands"])
def test_the_commands_of_ops_need_not_wait_for_pulumi(module: str) -> None:
    code = f"import sys, {module}; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_cost_prices_what_the_program_of_a_stack_declares(capsys: pytest.CaptureFixture[str]) -> None:
    """``strongroom cost --stack STACK``, without the process."""
    assert cost("cinematch-staging", as_json=True) is Exit.DONE
    said = json.loads(capsys.readouterr().out)
    assert (said["stack"], said["region"], said["estimate"]) == ("cinematch-staging", "eu-west-2", True)
    assert "NAT gateways" in [line["what"] for line in said["lines"]]
