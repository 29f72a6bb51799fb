"""Tests of edits of a stack file, line by line."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.core.exits import Stop
from ops.core.stack_edit import SECRETS, read, save, with_number, with_revoked
from settings.stack_file import ROOT

SHIPPED = sorted(ROOT.glob("Pulumi.*.yaml"))


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that differ between two texts, in order."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


def stack(entry: str, after: str = "") -> str:
    return f"config:\n  # about secrets\n  strongroom:secrets:\n    key:\n{entry}{after}"


def secret(text: str) -> dict[str, object]:
    return yaml.safe_load(text)["config"][SECRETS]["key"]


@pytest.mark.accepts("A9", "B33")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_one_line_of_a_shipped_file_changes(path: Path) -> None:
    before = read(path)
    for key, declared in yaml.safe_load(before)["config"][SECRETS].items():
        if "generation" in declared:
            old, new = changed(before, with_number(before, key, "generation", 7))
            assert [line.strip() for line in old] == ["generation: 1"]
            assert [line.strip() for line in new] == ["generation: 7"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy
@given(
    indent=st.integers(1, 6),
    quote=st.sampled_from(["", '"', "'"]),
    comment=st.from_regex(r"( +#[ -~]{0,20})?", fullmatch=True),
    end=st.sampled_from(["\n", "\r\n"]),
    number=st.integers(1, 10**6),
)
def test_whatever_surrounds_the_number_stays(
    indent: int, quote: str, comment: str, end: str, number: int
) -> None:
    pad = " " * (4 + indent)
    before = stack(
        f"{pad}kind: hmac-key{comment}\n{pad}generation:   {quote}1{quote}{comment}\n{pad}env: 'X'\n"
    ).replace("\n", end)
    after = with_number(before, "key", "generation", number)
    field = f"generation:   {quote}"
    assert after == before.replace(f"{field}1", f"{field}{number}", 1)


@given(kind_last=st.booleans(), newline=st.booleans(), field=st.sampled_from(["generation", "minGeneration"]))
def test_an_absent_number_gets_one_line_of_its_own(kind_last: bool, newline: bool, field: str) -> None:
    entry = ["      env: X  # why", "      kind: hmac-key  # of sorts"]
    before = stack("\n".join(entry if kind_last else entry[::-1]) + "\n" * newline)
    after = with_number(before, "key", field, 2)
    assert changed(before, after) in (([], [f"      {field}: 2"]), ([], ["", f"      {field}: 2"]))
    assert secret(after) == {**secret(before), field: 2}


def test_an_entry_in_braces_stays_on_its_line() -> None:
    before = stack("").rstrip("\n") + " {env: X, kind: hmac-key, generation: 1} # tight\n"
    assert with_number(before, "key", "generation", 2) == before.replace("generation: 1", "generation: 2")
    once = with_revoked(before, "key", 2)
    assert once == before.replace("generation: 1", "revoked: [2], generation: 1")


@pytest.mark.parametrize(
    ("declared", "lines"),
    [
        ("", ["      revoked: [3]"]),
        ("      revoked: [2]  # leaked\n", ["      revoked: [2, 3]  # leaked"]),
        ("      revoked: []\n", ["      revoked: [3]"]),
        ("      revoked:\n        - 2\n", ["        - 3"]),
    ],
)
def test_one_more_revoked_generation_is_one_line(declared: str, lines: list[str]) -> None:
    before = stack(f"      kind: hmac-key\n      generation: 1\n{declared}      env: X\n")
    after = with_revoked(before, "key", 3)
    assert changed(before, after)[1] == lines
    assert secret(after)["revoked"] == [*(secret(before).get("revoked") or []), 3]  # type: ignore[misc]


@pytest.mark.parametrize(
    "entry",
    [
        "      kind: hmac-key\n      generation: &one 1\n",
        "      kind: hmac-key\n      generation: 0x1\n",
        "      rotateEvery: &days 90\n      generation: *days\n      kind: hmac-key\n",
    ],
)
def test_what_cannot_be_edited_safely_is_left_to_people(entry: str) -> None:
    with pytest.raises(Stop, match=r"by hand|no secret"):
        with_number(stack(entry), "key", "generation", 2)


def test_an_unknown_secret_is_named() -> None:
    with pytest.raises(Stop, match="other is not declared under strongroom:secrets"):
        with_number(stack("      kind: hmac-key\n"), "other", "generation", 2)


def test_the_file_is_replaced_whole_with_its_own_mode(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.x.yaml"
    path.write_bytes(b"a: 1\r\n")
    os.chmod(path, 0o640)
    save(path, read(path).replace("1", "2"))
    assert path.read_bytes() == b"a: 2\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [found.name for found in tmp_path.iterdir() if not re.match(r"Pulumi\.", found.name)] == []
