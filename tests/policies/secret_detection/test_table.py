"""Tests of the detector against a table of harmless and harmful settings; add a line for each new case."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from secret_detection import credential, holds_a_credential, in_command

COMMAND = "$"
with Path(__file__).with_name("values.tsv").open() as file:
    ROWS = [
        (row["what"] == "harmful", row["name"], row["value"] or "")
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]


@pytest.mark.parametrize(("harmful", "name", "value"), ROWS)
def test_a_setting_is_a_credential_where_the_table_says_so(harmful: bool, name: str, value: str) -> None:
    if name == COMMAND:
        found = list(in_command([value]))
    else:
        found = [value] if credential(value) or holds_a_credential(name, value) else []
    assert bool(found) is harmful, found


def test_no_finding_quotes_a_value() -> None:
    commands = [value for _, name, value in ROWS if name == COMMAND]
    assert all("hunter22" not in said for command in commands for said in in_command([command]))


def test_the_table_has_both_directions_of_names_and_commands() -> None:
    kinds = {(harmful, name == COMMAND) for harmful, name, _ in ROWS}
    assert len(kinds) == 4


def test_a_command_without_words_has_no_finding() -> None:
    assert list(in_command([])) == list(in_command([""])) == []
