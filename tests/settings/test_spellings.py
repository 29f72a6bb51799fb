"""Tests that program, commands and policies read each spelling of a setting alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rules.pack.config import production

from sandbox.config import read
from settings import Settings, SettingsError, read_stack_file
from settings.stack_file import ROOT
from settings.yaml_text import load_yaml
from tests.settings.stack_files import accept, problems

# As written in a stack file, and as Pulumi passes it (gopkg.in/yaml.v3, then JSON).
BOOLEANS = [("true", True), ("True", True), ("false", False), ("FALSE", False)]
ODD = [
    ("no", "no"),
    ("yes", "yes"),
    ("off", "off"),
    ("N", "N"),
    ('"false"', "false"),
    ("'true'", "true"),
    ("0", 0),
    ("1", 1),
    ("0.0", 0.0),
    ("~", None),
    ('""', ""),
    ("[]", []),
]

Written = Callable[[str, str], Settings]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The settings of the staging stack, read from a file in which one text is replaced."""

    def of(old: str, new: str) -> Settings:
        text = (ROOT / "Pulumi.staging.yaml").read_text()
        assert old in text
        text += "  strongroom:backup: {copyRegion: eu-central-1, tables: {lib_entries: 1}}\n"
        (tmp_path / "Pulumi.staging.yaml").write_text(text.replace(old, new, 1))
        (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
        return read_stack_file("staging", tmp_path)

    return of


def judged(value: Any) -> bool:
    """Whether the policy pack treats the stack as a production one."""
    return production(json.dumps({"strongroom:environment": json.dumps({"name": "x", "production": value})}))


@pytest.mark.parametrize(("text", "value"), BOOLEANS)
def test_production_means_the_same_to_program_commands_and_policies(
    written: Written, text: str, value: bool
) -> None:
    program = accept(("environment.production", value))
    command = written("production: false", f"production: {text}")
    assert program.environment.production is command.environment.production is judged(value) is value


@pytest.mark.parametrize(("text", "value"), ODD)
def test_production_is_true_or_false_and_nothing_else(written: Written, text: str, value: Any) -> None:
    (said,) = problems(("environment.production", value), stack="staging")
    assert said.startswith("environment.production")
    assert said.endswith(": write true or false, without quotes")
    with pytest.raises(SettingsError, match=r"environment\.production"):
        written("production: false", f"production: {text}")
    assert judged(value), "a stack that is refused is never judged by the weaker rules"


@pytest.mark.parametrize(
    ("path", "value"),
    [("network.azs", "3"), ("network.azs", 3.0), ("network.azs", True), ("database.multiAz", "no")],
)
def test_no_setting_is_taken_for_another_type(path: str, value: Any) -> None:
    (said,) = problems((path, value))
    assert said.startswith(f"{path}={json.dumps(value).strip(chr(34))}: write ")


@pytest.mark.parametrize(("text", "value"), [*BOOLEANS, *ODD, ("1:30", "1:30"), ("2026-01-01", "2026-01-01")])
def test_a_stack_file_is_read_with_the_types_that_pulumi_gives(text: str, value: Any) -> None:
    found = load_yaml(f"key: {text}")["key"]
    assert (found, type(found)) == (value, type(value))


def test_an_account_without_quotes_is_the_same_account(written: Written) -> None:
    quoted = written("x", "x")
    assert written(f'accountId: "{quoted.account_id}"', f"accountId: {quoted.account_id}") == quoted


def test_the_sandbox_reads_a_stack_file_as_the_commands_do(written: Written, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        written("production: false", "production: no")
    assert read(tmp_path, "staging").get("environment")["production"] == "no"
