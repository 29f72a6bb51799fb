"""Tests of a rotation with eventually consistent reads, and with the limit of versions per secret."""

from __future__ import annotations

import pytest

from functions.rotate_database.versions import ATTEMPTS, RotationRefused
from tests.functions.rotate_database.stage import SECRET, STEPS, Stage, assert_rotated, set_the_stage
from tests.postgres import Postgres
from tests.strict_secrets_manager import VERSIONS


@pytest.mark.attack(29)
@pytest.mark.parametrize("late_reads", [1, 2, 3])
def test_waits_for_what_was_written_to_be_readable(stage: Stage, late_reads: int) -> None:
    stage.store.late_reads = late_reads
    users = []
    for _ in range(3):
        version = stage.rotate()
        stage.settle()
        assert_rotated(stage, version)
        users.append(stage.address().user)
    assert users == ["app_b", "app_a", "app_b"]
    assert stage.slept, "it did have to wait"


@pytest.mark.attack(29)
@pytest.mark.parametrize("late_reads", [1, 3])
def test_waits_for_the_first_value_to_be_readable(postgres: Postgres, late_reads: int) -> None:
    stage = set_the_stage(postgres, empty=True)
    stage.store.late_reads = late_reads
    version = stage.rotate()
    stage.settle()
    assert_rotated(stage, version)
    assert stage.address().user == "app_a"


@pytest.mark.attack(29)
@pytest.mark.parametrize("step", STEPS)
def test_changes_nothing_where_the_value_stays_unreadable(stage: Stage, step: str) -> None:
    before = stage.address()
    version = stage.announce()
    for earlier in STEPS[: STEPS.index(step)]:
        stage.run(version, earlier)
    stage.store.unreadable.add(SECRET)
    with pytest.raises(RotationRefused, match=r"cannot be read yet|has no value"):
        stage.run(version, step)
    assert len(stage.slept) == ATTEMPTS - 1
    changing = {"put_secret_value", "set_password", "grant_restore_reader", "update_secret_version_stage"}
    assert not {*changing, "prove"} & set(stage.calls)
    stage.store.unreadable.clear()
    assert stage.address() == before
    stage.run(version)
    assert_rotated(stage, version)
    assert stage.address().user == "app_b", "the current login is never taken for that of a first value"


@pytest.mark.attack(28)
def test_gives_up_on_a_version_that_stays_unknown(stage: Stage) -> None:
    with pytest.raises(RotationRefused, match="is not one of this secret"):
        stage.run("u" * 32, "createSecret")
    assert len(stage.slept) == ATTEMPTS - 1
    assert sum(stage.slept) < 10, "far below the time-out of the function"


@pytest.mark.attack(29)
def test_says_what_to_do_where_the_secret_holds_too_many_versions(stage: Stage) -> None:
    before, number = stage.address(), 0
    while len(stage.store.secrets[SECRET].versions) < VERSIONS:
        number += 1
        stage.store.put_secret_value(
            SecretId=SECRET, ClientRequestToken=f"{number:032}", SecretString="x", VersionStages=["mine"]
        )
    version = stage.announce()
    problem = rf"{SECRET} has {VERSIONS} versions, .*without a label .*24 hours.*rotate again"
    with pytest.raises(RotationRefused, match=problem):
        stage.run(version)
    assert stage.address() == before
    assert stage.works()
    stage.store.hours += 24
    stage.run(version)
    assert_rotated(stage, version)
