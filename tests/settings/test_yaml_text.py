"""Tests of files that are no stack file: each is refused with the line, also where it is another stack's."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import SettingsError, read_stack_file
from settings.stack_file import ROOT

GOOD = (ROOT / "Pulumi.staging.yaml").read_text()
NO_MAPPING = "is not a mapping; a stack file begins with `config:`, and settings below it"
UNREADABLE = [
    (b"- a\n", NO_MAPPING),
    (b"hello", NO_MAPPING),
    (b"config: [a]\n", NO_MAPPING),
    (b"config:\n  5: x\n", "line 2: the key 5 is not a text; write it in quotes"),
    (b"config:\n  true: x\n", "line 2: the key true is not a text; write it in quotes"),
    (b"config:\n  [a]: x\n", "line 2: the key is not a text; write it in quotes"),
    (b"config:\n  a: 1\n  a: 2\n", "line 3: the key a is on line 2 already; keep one of them"),
    (b"config: {a: {b: 1,\n b: 1}}\n", "line 2: the key b is on line 1 already; keep one of them"),
    (b"config:\n  a: \xe9\n", "line 2: is not UTF-8; save the file as UTF-8"),
    (b"\xff\xfec\x00", "line 1: is not UTF-8; save the file as UTF-8"),
    (b"config:\n  a: \x00\n", "line 2: contains a character that YAML does not allow; remove it"),
    (b"config:\n\ta: 1\n", "line 2: invalid YAML (found character that cannot start any token)"),
    (b'config:\n  a: "x\n', "line 3: invalid YAML"),
    (b"config: &a\n  b: *a\n", "line 1: the value contains itself; remove the alias"),
    (b"config: " + b"[" * 3000 + b"]" * 3000, "invalid YAML: it is nested too deep"),
]


def said(root: Path, stack: str = "staging") -> str:
    try:
        read_stack_file(stack, root)
    except SettingsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("data", "reason"), UNREADABLE)
def test_a_file_that_is_no_stack_file_is_refused_by_line(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "Pulumi.staging.yaml").write_bytes(data)
    assert said(tmp_path).startswith(f"Pulumi.staging.yaml: 1 problem\n  {reason}")


@pytest.mark.parametrize(("data", "reason"), UNREADABLE[:4])
def test_another_stacks_file_is_named(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "Pulumi.staging.yaml").write_text(GOOD)
    (tmp_path / "Pulumi.other.yaml").write_bytes(data)
    assert said(tmp_path).startswith(f"Pulumi.other.yaml: 1 problem\n  {reason}")


@pytest.mark.parametrize("cidr", ["[1]", "10", "{a: b}", "null", "ten"])
def test_a_wrong_address_space_of_another_stack_is_that_stacks_error(tmp_path: Path, cidr: str) -> None:
    (tmp_path / "Pulumi.staging.yaml").write_text(GOOD)
    (tmp_path / "Pulumi.other.yaml").write_text(f"config:\n  strongroom:network: {{cidr: {cidr}}}\n")
    assert said(tmp_path) == ""


def test_anchors_and_merges_are_read_as_written_out(tmp_path: Path) -> None:
    often = "      rotateEvery: 90\n      generation: 1\n"
    assert often in GOOD
    merged = "common: &often {rotateEvery: 90, generation: 1}\n" + GOOD.replace(often, "      <<: *often\n")
    (tmp_path / "Pulumi.staging.yaml").write_text(merged)
    assert read_stack_file("staging", tmp_path) == read_stack_file("staging", ROOT)


def test_a_merged_key_may_be_given_again(tmp_path: Path) -> None:
    changed = GOOD.replace("    azs: 2\n", "    <<: {azs: 3}\n    azs: 2\n")
    assert changed != GOOD
    (tmp_path / "Pulumi.staging.yaml").write_text(changed)
    assert read_stack_file("staging", tmp_path).network.azs == 2


def test_an_account_without_quotes_is_read_as_its_digits(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.staging.yaml").write_text(GOOD.replace('"111122223333"', "111122223333"))
    assert read_stack_file("staging", tmp_path).account_id == "111122223333"


@pytest.mark.parametrize("given", ["12345", "1.1e11", "aiponge"])
def test_what_is_no_account_is_told_what_one_is(tmp_path: Path, given: str) -> None:
    (tmp_path / "Pulumi.staging.yaml").write_text(GOOD.replace('"111122223333"', given))
    assert 'must be the 12 digits of an AWS account, in quotes, as "111122223333"' in said(tmp_path)
