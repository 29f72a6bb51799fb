"""Tests of a rotation's operation record; interruptions: ``tests/ops/operations/test_matrix.py``."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from encryption_keys import fingerprint
from ops.core.exits import Exit
from ops.core.stack_edit import with_number
from ops.operations import Operation
from ops.rotation.rotate import How, rotate
from tests.ops.rotation.small_stack import STACK, Killed, SmallStack, refusal
from tests.ops.stack_folder import Only

GO = How(write=True, accept_outage=True)


# Finding 2: an interrupted run is completed, and succeeds only when the value changed.


@pytest.mark.finding(2)
def test_a_leaked_value_is_out_of_force_when_resume_says_so(stack: SmallStack) -> None:
    leaked = stack.value("redis-url")
    stop = refusal(
        Exit.INTERRUPTED,
        lambda: stack.rotate("redis-url", compromised=True, at="record written", error=KeyboardInterrupt),
    )
    assert "--resume" in stop
    assert stack.rotate("redis-url", compromised=True, resume=True) == Exit.DONE
    assert stack.value("redis-url") != leaked
    assert (stack.secret("redis-url").generation, stack.secret("redis-url").revoked) == (2, (1,))
    assert stack.open() is None


@pytest.mark.finding(2)
@pytest.mark.parametrize("compromised", [True, False], ids=["said again", "as told"])
def test_a_leaked_key_is_out_of_force_when_resume_says_so(stack: SmallStack, compromised: bool) -> None:
    leaked = stack.value("jwt-secret")
    refusal(
        Exit.INTERRUPTED,
        lambda: stack.rotate("jwt-secret", compromised=True, at=": edited", error=KeyboardInterrupt),
    )
    assert stack.rotate("jwt-secret", compromised=compromised, resume=True) == Exit.DONE
    assert stack.value("jwt-secret") != leaked
    assert (stack.secret("jwt-secret").generation, stack.secret("jwt-secret").revoked) == (3, (2,))


@pytest.mark.finding(2)
def test_resume_without_a_record_changes_nothing(stack: SmallStack) -> None:
    updates = stack.updates
    assert "nothing to resume" in refusal(Exit.REFUSED, lambda: stack.rotate("redis-url", resume=True))
    assert stack.updates == updates


@pytest.mark.finding(2)
def test_is_not_finished_while_the_value_is_the_one_of_before(stack: SmallStack) -> None:
    before = stack.value("redis-url")
    with pytest.raises(Killed):
        stack.rotate("redis-url", at="before the record is closed")
    stack.client("secretsmanager").put_secret_value(SecretId="aiponge/redis-url", SecretString=before)
    said = refusal(Exit.PARTLY, lambda: rotate(idle(stack), "redis-url", How(write=True, resume=True)))
    assert "the same value as before" in said
    assert stack.open() is not None
    assert stack.rotate("redis-url", resume=True) == Exit.DONE
    assert stack.value("redis-url") != before


def idle(stack: SmallStack) -> Any:
    """A stack whose update finds nothing to change."""
    context = stack.context()
    context.find_update = Only
    return context


# Finding 8: the same command after a kill skips no generation.


@pytest.mark.finding(8)
@pytest.mark.parametrize("name", ["redis-url", "entry-encryption-key"])
def test_the_same_command_after_a_kill_is_refused_and_skips_no_generation(
    stack: SmallStack, name: str
) -> None:
    with pytest.raises(Killed):
        stack.rotate(name, at=": edited")
    file = stack.copy_of_file()
    assert f"rotate {name} is in progress" in refusal(Exit.REFUSED, lambda: stack.rotate(name))
    assert stack.copy_of_file() == file
    assert stack.rotate(name, resume=True) == Exit.DONE
    assert stack.secret(name).generation == 2
    assert 1 in stack.secret(name).alive


# Finding 11: two operators.


@pytest.mark.finding(11)
def test_a_second_operator_is_refused_by_the_name_of_the_first(stack: SmallStack, tmp_path: Path) -> None:
    other, before = stack.checkout(tmp_path / "other"), stack.value("redis-url")
    with pytest.raises(Killed):
        stack.rotate("jwt-secret", at=": edited")
    said = [
        refusal(Exit.REFUSED, lambda: rotate(stack.context(root=other), "redis-url", GO)),
        refusal(
            Exit.REFUSED, lambda: rotate(stack.context(root=other), "redis-url", replace(GO, resume=True))
        ),
    ]
    for one in said:
        assert "rotate jwt-secret is in progress since" in one
        assert "assumed-role/aiponge-pulumi-up" in one
    assert stack.value("redis-url") == before


@pytest.mark.finding(1)
@pytest.mark.parametrize("name", ["redis-url", "jwt-secret"])
def test_an_older_checkout_is_refused_before_a_record_is_written(
    stack: SmallStack, tmp_path: Path, name: str
) -> None:
    other = stack.checkout(tmp_path / "other")
    stack.rotate("redis-url")
    said = refusal(Exit.REFUSED, lambda: rotate(stack.context(root=other), name, GO))
    assert "secrets.redis-url.generation=1: the store has 2" in said
    assert stack.open() is None


def test_a_number_that_no_update_has_taken_yet_is_refused_before_a_record_is_written(
    stack: SmallStack,
) -> None:
    stack.context().edit(lambda text: with_number(text, "redis-url", "generation", 2))
    assert "an update is pending" in refusal(Exit.REFUSED, lambda: stack.rotate("redis-url"))
    assert stack.open() is None


@pytest.mark.parametrize("name", ["redis-url", "jwt-secret"])
def test_a_plan_that_another_rotation_overtook_is_closed_without_an_effect(
    stack: SmallStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other, begin = stack.checkout(tmp_path / "other"), Operation.begin

    def late(context: Any, *args: Any, **kwargs: Any) -> Operation:
        monkeypatch.setattr(Operation, "begin", begin)
        assert stack.rotate(name) == Exit.DONE
        return begin(context, *args, **kwargs)

    monkeypatch.setattr(Operation, "begin", late)
    before = (other / f"Pulumi.{STACK}.yaml").read_text()
    said = refusal(Exit.REFUSED, lambda: rotate(stack.context(root=other), name, GO))
    assert "was changed by somebody else" in said
    assert stack.open() is None
    assert (other / f"Pulumi.{STACK}.yaml").read_text() == before


@pytest.mark.finding(11)
def test_two_at_the_same_moment_lose_no_edit(stack: SmallStack) -> None:
    """The second run begins between the first one's reading of the file and its record."""
    second = stack.context()
    assert stack.rotate("jwt-secret") == Exit.DONE
    assert rotate(second, "redis-url", GO) == Exit.DONE
    assert (stack.secret("jwt-secret").generation, stack.secret("redis-url").generation) == (2, 2)


def test_a_run_that_was_taken_over_stops_before_its_next_effect(stack: SmallStack) -> None:
    def takes_over(name: str) -> None:
        if name == "record written":
            Operation.resume(stack.context(), "rotate", "jwt-secret")

    updates = stack.updates
    said = refusal(Exit.REFUSED, lambda: rotate(stack.context(boundary=takes_over), "jwt-secret", GO))
    assert "was taken over by another run" in said
    assert stack.updates == updates


def test_is_resumed_from_another_checkout(stack: SmallStack, tmp_path: Path) -> None:
    other, before = stack.checkout(tmp_path / "other"), stack.value("jwt-secret")
    with pytest.raises(Killed):
        # The first of two steps is done, in a stack file that the other checkout does not have.
        stack.rotate("jwt-secret", compromised=True, at=": 3: begun")
    how = How(write=True, resume=True)
    assert rotate(stack.context(root=other), "jwt-secret", how) == Exit.DONE
    assert stack.value("jwt-secret") != before
    assert 2 not in stack.ring("jwt-keyring")


def test_is_resumed_after_somebody_elses_update_left_a_protected_seed(stack: SmallStack) -> None:
    with pytest.raises(Killed):
        stack.rotate("jwt-secret", compromised=True, at="revoked: and 2: edited")
    # The ring is written, and only then the seed is found to be protected.
    assert "protected" in refusal(Exit.PARTLY, stack.update)
    assert stack.rotate("jwt-secret", resume=True) == Exit.DONE
    assert ("jwt-secret", 2) not in stack.seeds


def test_lowers_no_number_that_somebody_raised_meanwhile(stack: SmallStack) -> None:
    with pytest.raises(Killed):
        stack.rotate("jwt-secret", at="record written")
    stack.context().edit(lambda text: with_number(text, "jwt-secret", "generation", 5))
    assert "is 5 in the stack file" in refusal(Exit.REFUSED, lambda: stack.rotate("jwt-secret", resume=True))


def test_a_dry_run_writes_no_record(stack: SmallStack, capsys: pytest.CaptureFixture[str]) -> None:
    assert stack.rotate("jwt-secret", write=False) == Exit.DONE
    assert stack.open() is None
    with pytest.raises(Killed):
        stack.rotate("jwt-secret", at="record written")
    record = stack.open()
    capsys.readouterr()
    assert stack.rotate("redis-url", write=False) == Exit.REFUSED
    assert "would be refused: rotate jwt-secret is in progress" in capsys.readouterr().out
    assert stack.rotate("jwt-secret", write=False, resume=True) == Exit.DONE
    assert stack.open() == record


@pytest.mark.finding(2)
def test_the_record_holds_fingerprints_and_no_value(stack: SmallStack) -> None:
    old = stack.value("jwt-secret")
    stack.rotate("jwt-secret")
    (record,) = stack.records.finished()
    text = record.to_json()
    assert fingerprint(old) in text
    assert record.target == "jwt-secret"
    for value in (old, stack.value("jwt-secret"), *stack.seeds.values()):
        assert value not in text


# The stack file is committed.


def _git(root: Path, *command: str) -> str:
    ran = subprocess.run(["git", *command], cwd=root, check=True, capture_output=True, text=True)
    return ran.stdout


@pytest.fixture
def repository(stack: SmallStack) -> SmallStack:
    _git(stack.root, "init", "--quiet")
    _git(stack.root, "config", "user.email", "operator@example.com")
    _git(stack.root, "config", "user.name", "operator")
    _git(stack.root, "add", ".")
    _git(stack.root, "commit", "--quiet", "--message", "before")
    return stack


@pytest.mark.finding(1)
def test_names_the_file_to_commit_and_who_must_pull_it(
    stack: SmallStack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.rotate("jwt-secret")
    said = capsys.readouterr().out
    assert "commit Pulumi.staging.yaml and push it: everyone who runs `pulumi up` on staging" in said


@pytest.mark.finding(1)
def test_commits_exactly_the_stack_file_when_asked_to(repository: SmallStack) -> None:
    root = repository.root
    (root / "other").write_text("staged by somebody")
    _git(root, "add", "other")
    repository.rotate("jwt-secret", commit=True)
    assert _git(root, "show", "--name-only", "--format=%s").split("\n\n") == [
        "Rotate jwt-secret of staging to generation 2",
        "Pulumi.staging.yaml\n",
    ]
    assert _git(root, "status", "--porcelain") == "A  other\n"


def test_stays_open_where_it_cannot_commit(stack: SmallStack) -> None:
    said = refusal(Exit.PARTLY, lambda: stack.rotate("jwt-secret", commit=True))
    assert "commit Pulumi.staging.yaml by hand" in said
    assert stack.rotate("jwt-secret", resume=True) == Exit.DONE
