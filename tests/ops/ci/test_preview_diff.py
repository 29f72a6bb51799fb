"""Tests of the preview comparison: a changed update is refused, and no property value is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ops.ci.preview_diff import compare, main, summarize
from ops.ci.target import where
from settings import read_stack_file

CANARY = "canaryValue0123456789"


def step(op: str, name: str, *reasons: str) -> dict[str, Any]:
    return {
        "op": op,
        "urn": f"urn:pulumi:prod::strongroom::aws:ssm/parameter:Parameter::{name}",
        "diffReasons": list(reasons),
        "newState": {"inputs": {"value": CANARY}},
    }


PREVIEW = {"steps": [step("same", "a"), step("update", "b", "value"), step("create", "c")]}


def test_a_summary_tells_changes_without_values() -> None:
    lines = summarize(PREVIEW)
    assert [line.split()[0] for line in lines] == ["create", "update"]
    assert lines[1].endswith("::b value")
    assert CANARY not in "\n".join(lines)


def test_the_same_changes_need_no_new_approval() -> None:
    assert compare("prod", summarize(PREVIEW), list(reversed(summarize(PREVIEW)))) is None


@pytest.mark.failure(31)
def test_extra_changes_are_counted() -> None:
    more = {"steps": [*PREVIEW["steps"], step("update", "d", "value"), step("update", "e", "value")]}
    assert compare("prod", summarize(PREVIEW), summarize(more)) == (
        "the preview of prod differs from the approved one (2 extra updates): approve it again"
    )


def test_a_change_that_no_longer_happens_is_a_difference() -> None:
    assert compare("prod", summarize(PREVIEW), summarize({"steps": []})) == (
        "the preview of prod differs from the approved one "
        "(1 missing create, 1 missing update): approve it again"
    )


def test_another_property_of_the_same_resource_is_a_difference() -> None:
    other = {"steps": [step("update", "b", "keyId"), step("create", "c")]}
    assert compare("prod", summarize(PREVIEW), summarize(other)) is not None


@pytest.mark.failure(31)
def test_the_command_refuses_and_names_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("old", PREVIEW), ("new", {"steps": [step("delete", "b")]})):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
        assert main(["summarize", str(tmp_path / f"{name}.json")]) == 0
        (tmp_path / name).write_text(capsys.readouterr().out)
    assert main(["compare", "prod", str(tmp_path / "old"), str(tmp_path / "old")]) == 0
    assert main(["compare", "prod", str(tmp_path / "old"), str(tmp_path / "new")]) == 3
    said = capsys.readouterr().err
    assert "the preview of prod differs from the approved one" in said
    assert "+ delete urn:pulumi" in said
    assert CANARY not in said


def test_a_wrong_call_says_how_it_is_called() -> None:
    assert main([]) == 2


def test_a_pipeline_learns_all_it_needs_from_the_stack_file() -> None:
    found = where(read_stack_file("cinematch-production"), "plan")
    assert found == {
        "account": "111122223333",
        "region": "eu-west-2",
        "role": "arn:aws:iam::111122223333:role/cinematch-pulumi-plan",
        "state": "s3://cinematch-pulumi-111122223333-eu-west-2?region=eu-west-2",
    }
    assert where(read_stack_file("staging"), "up")["role"].endswith(":role/aiponge-pulumi-up")
