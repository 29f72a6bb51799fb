"""A refresh sees what somebody changed or deleted in AWS by hand, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from sandbox import Result, Sandbox
from sandbox.engine.model import Resource, Step
from sandbox.provider import provider, reading
from sandbox.provider.calls import Aws, Context, SandboxError
from sandbox.provider.rows import ROWS
from tests.sandbox.provider.hand_changes import CHANGES, UNCHANGEABLE, HandChange
from tests.sandbox.toy import ops, project, sandbox

PROGRAM = Path(__file__).parents[1] / "programs" / "readable.py"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox(project(tmp_path_factory.mktemp("readable"), PROGRAM.read_text())) as opened:
        result = opened.up()
        assert result.exit_code == 0, result.error
        yield opened


def changed(steps: dict[str, str]) -> dict[str, str]:
    return {name: op for name, op in steps.items() if op != "same"}


def find(here: Sandbox, change: HandChange) -> Resource:
    wanted = (f"aws:{change.type}", change.name)
    return next(one for one in here.state.resources.values() if (one.type, one.name) == wanted)


def step_of(result: Result, change: HandChange) -> Step:
    return next(s for s in result.steps if (s.type, s.name) == (f"aws:{change.type}", change.name))


def test_every_type_that_a_refresh_reads_has_a_hand_change() -> None:
    readable = {token for token, row in ROWS.items() if reading.depth(row) == reading.INPUTS}
    assert {f"aws:{change.type}" for change in CHANGES} | {f"aws:{t}" for t in UNCHANGEABLE} == readable


def test_a_refresh_right_after_an_update_changes_nothing(here: Sandbox) -> None:
    result = here.refresh()
    assert result.exit_code == 0, result.error
    assert changed(ops(result)) == {}


@pytest.fixture(scope="module")
def drifted(here: Sandbox) -> Result:
    """The refresh after every hand change."""
    for change in CHANGES:
        change.make(here.client, find(here, change))
    return here.refresh()


@pytest.fixture(scope="module")
def restored(here: Sandbox, drifted: Result) -> Result:
    """The update after that refresh."""
    assert drifted.exit_code == 0, drifted.error
    return here.up()


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_refresh_shows_a_hand_change(drifted: Result, change: HandChange) -> None:
    expected = {key for one in CHANGES if one.name == change.name for key in one.inputs}
    assert set(step_of(drifted, change).changed) == expected


def test_a_refresh_shows_no_other_change(drifted: Result) -> None:
    assert changed(ops(drifted)).keys() == {change.name for change in CHANGES}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_next_update_takes_a_hand_change_back(restored: Result, change: HandChange) -> None:
    assert restored.exit_code == 0, restored.error
    assert step_of(restored, change).op in ("update", "replace")


def test_a_refresh_after_that_update_changes_nothing(here: Sandbox, restored: Result) -> None:
    assert restored.exit_code == 0, restored.error
    assert changed(ops(here.refresh())) == {}


def test_whatever_is_deleted_by_hand_is_deleted_from_the_state(here: Sandbox) -> None:
    """The last test of the module: nothing is left after it."""
    assert here.up().exit_code == 0
    real = {one.name for one in here.state.resources.values() if one.type.startswith("aws:")}
    for one in reversed(list(here.state.resources.values())):
        if one.type.startswith("aws:"):
            context = Context(here.aws, one.urn, one.name, here.region)
            provider.delete(one.type, context, one.id, one.inputs, one.outputs)
    result = here.refresh()
    assert result.exit_code == 0, result.error
    assert {name for name, op in ops(result).items() if op == "delete"} == real


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"a": 1, "b": [2, 1]}', '{"b":[1,2],"a":1}'),
        ([{"days": 90.0, "filter": {"prefix": ""}}], [{"days": 90, "prefix": None}]),
        (["b", "a"], ["a", "b"]),
        (None, []),
        (False, None),
    ],
)
def test_a_value_of_the_same_meaning_stays_as_the_program_wrote_it(old: object, new: object) -> None:
    inputs = {"description": old}
    assert reading.merged(ROWS["aws:kms/key:Key"], plain_context(), inputs, {"description": new}) == inputs


def test_tags_of_the_provider_are_not_the_resources_own() -> None:
    context = plain_context(App="toy")
    tags = reading.own_tags(context, {"tags": {}}, {"tagsAll": {"App": "toy", "By": "hand"}})
    assert tags == {"tags": {"By": "hand"}}
    changed = reading.own_tags(context, {"tags": {}}, {"tagsAll": {"App": "other"}})
    assert changed == {"tags": {"App": "other"}}


def test_an_id_of_another_form_is_refused() -> None:
    with pytest.raises(SandboxError, match=r"the id 'read' must have the form {role}:{name}"):
        reading.imported("aws:iam/rolePolicy:RolePolicy", plain_context(), "read")


def plain_context(**tags: str) -> Context:
    aws = Aws(boto3.Session(region_name="eu-west-1"), "111122223333", "eu-west-1")
    return Context(aws, "urn", "name", "eu-west-1", tags)
