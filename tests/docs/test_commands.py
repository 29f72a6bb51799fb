"""Every command that a page shows is run by a test, or listed with the reason why none runs it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.commands import commands_in
from tests.docs.test_pages import PAGES, text_of
from tests.program import ROOT


@cache
def listed() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("commands.yaml").read_text())


def run() -> dict[str, str]:
    return listed()["run"]


def not_run() -> list[str]:
    return [command for commands in listed()["not run"].values() for command in commands]


def test_every_command_of_a_page_is_listed() -> None:
    shown = {command for page in PAGES for command in commands_in(text_of(page))}
    assert shown - run().keys() - set(not_run()) == set()


def test_every_listed_command_is_on_a_page_and_listed_once() -> None:
    shown = {command for page in PAGES for command in commands_in(text_of(page))}
    names = [*run(), *not_run()]
    assert set(names) - shown == set()
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("command", run())
def test_the_test_that_runs_a_command_names_it(command: str) -> None:
    text = (ROOT / run()[command]).read_text()
    options = "--policy-pack policies --policy-pack-config policy-config.json"
    assert command.replace(options, "{CONFIG}") in text or command in text


def test_a_console_block_shows_commands_after_a_prompt() -> None:
    page = "```console\n$ make up   # or another\nUpdate of staging\n```\n"
    assert commands_in(page) == ["make up"]


def test_a_bash_block_shows_a_command_on_each_line_and_comments() -> None:
    assert commands_in("1. so:\n\n   ```bash\n   # first\n   cp a b\n   rm a\n   ```\n") == ["cp a b", "rm a"]


def test_a_command_may_continue_on_the_next_line_and_inside_quotes() -> None:
    page = "```console\n$ aws run \\\n    --json '{\n  \"a\": 1}'\n```\n"
    assert commands_in(page) == ["aws run --json '{ \"a\": 1}'"]


def test_code_in_a_sentence_is_a_command_where_it_has_an_argument() -> None:
    assert commands_in("Run `make up` or `python -m ops verify`, not `make` or `settings/`.") == [
        "make up",
        "python -m ops verify",
    ]
