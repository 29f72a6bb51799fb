"""Tests of incidents on the small stack, with runs that are interrupted or started twice."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from encryption_keys import fingerprint
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import CURRENT
from ops.incident import run, sessions
from ops.incident.database_passwords import MASTER
from ops.operations import Operation
from ops.rotation.function import staged
from tests.ops.rotation.small_stack import DATABASE_URL, Killed, SmallStack, refusal
from tests.ops.rotation.standing import ROLES
from tests.ops.stack_folder import Only

NAMES = ("entry-encryption-key", "internal-service-secret", "jwt-secret", "redis-url", "database-url")
RINGS = {
    "entry-encryption-key": "entry-encryption-keyring",
    "internal-service-secret": "internal-service-keyring",
    "jwt-secret": "jwt-keyring",
}
GENERATED = ("entry-encryption-key", "internal-service-secret", "jwt-secret", "redis-url")
GO = run.How(write=True, accept_outage=True)


def values(stack: SmallStack) -> dict[str, str]:
    return {name: stack.value(name) for name in NAMES}


def shut_out(stack: SmallStack) -> list[str]:
    """The roles whose older sessions are denied."""
    iam = stack.client("iam")
    return [role for role in ROLES if iam.list_role_policies(RoleName=role)["PolicyNames"]]


def master(stack: SmallStack) -> str:
    (one,) = stack.client("rds").describe_db_instances()["DBInstances"]
    return staged(stack.context(), one["MasterUserSecret"]["SecretArn"])[CURRENT]


def signed_in_to(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setattr(sessions, "own_role", lambda context: [role])


def test_writes_its_record_before_its_first_effect(small: SmallStack) -> None:
    before, file, updates = values(small), small.copy_of_file(), small.updates
    with pytest.raises(Killed):
        small.incident(at="record written")
    assert (values(small), small.copy_of_file(), small.updates) == (before, file, updates)
    assert shut_out(small) == []
    record = small.open()
    assert record is not None
    assert record.kind == "incident"
    assert {step["key"] for step in record.intent["steps"]} == set(GENERATED)


def test_saves_what_tells_the_old_values_before_it_changes_the_first(small: SmallStack) -> None:
    before = values(small)
    with pytest.raises(Killed):
        small.incident(at=": edited")
    record = small.open()
    assert record is not None
    assert {name: record.before[f"aiponge/{name}"] for name in GENERATED} == {
        name: fingerprint(before[name]) for name in GENERATED
    }


@pytest.mark.attack(12)
def test_keeps_no_value_in_its_record(small: SmallStack) -> None:
    secret = {*values(small).values(), *small.seeds.values()}
    small.incident()
    secret |= {*values(small).values(), *small.seeds.values()}
    (record,) = small.records.finished("incident")
    assert record.done("secret jwt-secret")
    assert [value for value in secret if value in record.to_json()] == []


@pytest.mark.attack(44)
def test_is_gone_on_with_from_another_checkout(small: SmallStack, tmp_path: Path) -> None:
    other, before, old = small.checkout(tmp_path / "other"), values(small), master(small)
    rings = {key: small.ring(name) for key, name in RINGS.items()}
    with pytest.raises(Killed):
        # The first of two steps is done, in a stack file that the other checkout does not have.
        small.incident(at="jwt-secret.generation: 3: edited")
    assert small.incident(root=other) == Exit.DONE
    assert [name for name, value in values(small).items() if before[name] == value] == []
    assert master(small) != old
    small.root = other
    for key, name in RINGS.items():
        assert (small.secret(key).generation, small.secret(key).revoked) == (3, (2,))
        ring = small.ring(name)
        assert ring[1] == (rings[key][1][0], "decrypt-only")
        assert ring.keys() == {1, 3, 4}
    assert (small.secret("redis-url").generation, small.secret("redis-url").revoked) == (2, (1,))
    assert len(small.records.finished("incident")) == 1


@pytest.mark.attack(44)
def test_declares_in_another_checkout_what_is_done(small: SmallStack, tmp_path: Path) -> None:
    """Otherwise the update for the remaining steps would revert those that are done."""
    other = small.checkout(tmp_path / "other")
    with pytest.raises(Killed):
        small.incident(at="secret entry-encryption-key: done")
    now = small.value("entry-encryption-key")
    assert small.incident(root=other) == Exit.DONE
    small.root = other
    assert small.value("entry-encryption-key") == now
    assert {key: small.secret(key).generation for key in GENERATED} == dict(
        zip(GENERATED, (3, 3, 3, 2), strict=True)
    )


@pytest.mark.attack(44)
def test_of_a_first_operator_is_finished_by_a_second_with_another_role(
    small: SmallStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_in_to(monkeypatch, "aiponge-task-user")
    with pytest.raises(Killed):
        small.incident(at="record written")
    signed_in_to(monkeypatch, "aiponge-deploy")
    capsys.readouterr()
    assert small.incident() == Exit.DONE
    said = capsys.readouterr().out
    assert "continues the incident of " in said
    assert "assumed-role/aiponge-pulumi-up" in said  # who began it
    assert "sign out of role aiponge-deploy" in said
    assert shut_out(small) == ["aiponge-exec-user", "aiponge-task-user"]


@pytest.mark.attack(44)
@pytest.mark.parametrize("at", ["update 1: done", "rotation 1: begun"])
def test_of_two_operators_at_once_the_first_stops_and_nothing_is_replaced_twice(
    small: SmallStack, at: str
) -> None:
    done: list[Exit] = []
    versions = len(_versions(small))

    def second(boundary: str) -> None:
        if boundary.endswith(at) and not done:
            done.append(small.incident())

    said = refusal(Exit.REFUSED, lambda: run.incident(small.context(boundary=second), GO))
    assert "incident was taken over by another run" in said
    assert done == [Exit.DONE]
    assert {key: small.secret(key).generation for key in GENERATED} == dict(
        zip(GENERATED, (3, 3, 3, 2), strict=True)
    )
    assert len(_versions(small)) == versions + 2
    assert small.open() is None
    assert len(small.records.finished("incident")) == 1


def _versions(stack: SmallStack) -> list[Any]:
    listed = stack.client("secretsmanager").list_secret_version_ids(
        SecretId=DATABASE_URL, IncludeDeprecated=True
    )
    return listed["Versions"]


def test_of_two_operators_who_begin_at_once_the_second_is_refused(small: SmallStack) -> None:
    def first() -> Any:
        with pytest.raises(Killed):
            small.incident(at="record written")
        return Only()

    context = replace(small.context(), find_update=first)
    said = refusal(Exit.REFUSED, lambda: run.incident(context, GO))
    assert "incident is in progress since" in said
    assert "run it again until it is finished" in said


def test_begins_in_no_checkout_that_is_older_than_the_stores(small: SmallStack, tmp_path: Path) -> None:
    other = small.checkout(tmp_path / "other")
    small.rotate("redis-url")
    before = values(small)
    said = refusal(Exit.REFUSED, lambda: small.incident(root=other))
    assert "secrets.redis-url.generation=1: the store has 2" in said
    assert (values(small), small.open(), shut_out(small)) == (before, None, [])


def test_counts_its_steps_from_the_current_values_once_it_has_its_record(
    small: SmallStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rotation ends between its plan and its record."""
    begin = Operation.begin

    def late(context: StackContext, *args: Any, **kwargs: Any) -> Operation:
        monkeypatch.setattr(Operation, "begin", begin)
        assert small.rotate("jwt-secret") == Exit.DONE
        assert small.rotate("redis-url") == Exit.DONE
        return begin(context, *args, **kwargs)

    monkeypatch.setattr(Operation, "begin", late)
    assert small.incident() == Exit.DONE
    assert small.open() is None
    assert (small.secret("jwt-secret").generation, small.secret("jwt-secret").revoked) == (4, (3,))
    assert (small.secret("redis-url").generation, small.secret("redis-url").revoked) == (3, (2,))


def test_says_in_a_dry_run_how_far_it_is(small: SmallStack, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Killed):
        small.incident(at="sessions of aiponge-task-user: begun")
    record = small.open()
    capsys.readouterr()
    assert small.incident(write=False) == Exit.DONE
    said = capsys.readouterr().out
    assert "1 of 10 are done" in said
    assert "would end: sessions of aiponge-task-user" in said
    assert "would end: sessions of aiponge-exec-user" not in said
    assert small.open() == record


def test_says_in_a_dry_run_that_another_operation_is_open(
    small: SmallStack, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Killed):
        small.rotate("jwt-secret", at="record written")
    capsys.readouterr()
    assert small.incident(write=False) == Exit.REFUSED
    assert "would be refused: rotate jwt-secret is in progress" in capsys.readouterr().out


def test_says_in_a_dry_run_what_the_run_itself_would_refuse(
    small: SmallStack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert small.incident() == Exit.DONE
    capsys.readouterr()
    assert small.incident(write=False) == Exit.REFUSED
    assert "add --again to replace everything again" in capsys.readouterr().out
    assert "add --again" in refusal(Exit.REFUSED, small.incident)


def test_that_is_interrupted_names_the_command_that_goes_on(small: SmallStack) -> None:
    said = refusal(Exit.INTERRUPTED, lambda: small.incident(at="update 1: done", error=KeyboardInterrupt))
    assert "continue with this command again" in said
    assert small.incident() == Exit.DONE


@pytest.mark.attack(44)
def test_goes_on_with_the_others_where_one_item_fails(
    small: SmallStack, capsys: pytest.CaptureFixture[str]
) -> None:
    store, name, before = small.client("secretsmanager"), "aiponge/jwt-secret", values(small)
    ring = small.ring("jwt-keyring")
    store.put_secret_value(SecretId=name, SecretString=base64.b64encode(bytes(range(32))).decode())
    assert small.incident() == Exit.PARTLY
    assert "secret jwt-secret: aiponge/jwt-secret is not the current key" in capsys.readouterr().out
    assert _unfinished(small) == ["secret jwt-secret"]
    now = values(small)
    # The update of the small stack has stored the right value again.
    assert [one for one in NAMES if before[one] == now[one]] == ["jwt-secret"]
    assert small.ring("jwt-keyring") == ring
    assert small.incident() == Exit.DONE
    assert values(small)["jwt-secret"] != before["jwt-secret"]
    assert values(small)["redis-url"] == now["redis-url"]


def _unfinished(stack: SmallStack) -> list[str]:
    record = stack.open()
    assert record is not None
    return [name for name, step in record.steps.items() if step.state in ("begun", "failed", "operator")]


@pytest.mark.finding(2)
@pytest.mark.attack(44)
def test_is_not_finished_while_a_value_is_the_one_of_before(small: SmallStack) -> None:
    before = small.value("redis-url")
    with pytest.raises(Killed):
        small.incident(at="update 2: readers restarted")
    small.client("secretsmanager").put_secret_value(SecretId="aiponge/redis-url", SecretString=before)
    idle = replace(small.context(), find_update=UnprotectsOnly)
    assert run.incident(idle, GO) == Exit.PARTLY
    assert "secret redis-url" in _unfinished(small)
    assert small.incident() == Exit.DONE
    assert small.value("redis-url") != before


class UnprotectsOnly(Only):
    """An update that only unprotects, and then calls a function."""

    def unprotect(self, urns: Sequence[str]) -> None:
        pass


@pytest.mark.attack(44)
def test_replaces_what_needs_no_update_although_the_update_fails(
    small: SmallStack, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise Stop(
            Exit.PARTLY, "the update (pulumi) ended with 255: correct the cause, then continue with --resume"
        )

    before, old = values(small), master(small)
    context = replace(small.context(), find_update=lambda: UnprotectsOnly(fails))
    assert run.incident(context, GO) == Exit.PARTLY
    assert {one for one in _unfinished(small) if one.startswith("secret ")} == {
        f"secret {key}" for key in GENERATED
    }
    assert {name for name, value in values(small).items() if before[name] != value} == {"database-url"}
    assert master(small) != old
    assert shut_out(small) == [*ROLES]
    assert (
        "ended with 255: correct the cause, then continue with this command again" in capsys.readouterr().out
    )


def test_names_the_file_to_commit_although_an_item_is_left(
    small: SmallStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run.database_passwords, "replace_master", lambda *_: None)
    assert small.incident() == Exit.PARTLY
    said = capsys.readouterr().out
    assert f"{MASTER}: open" in said
    assert "commit Pulumi.staging.yaml and push it" in said


def test_that_cannot_commit_says_how_it_goes_on(small: SmallStack) -> None:
    said = refusal(Exit.PARTLY, lambda: small.incident(commit=True))
    assert "commit Pulumi.staging.yaml by hand and push it, then continue with this command again" in said
    assert small.incident() == Exit.DONE


def test_is_refused_while_a_rotation_is_open(stack: SmallStack) -> None:
    with pytest.raises(Killed):
        stack.rotate("jwt-secret", at="record written")
    file = stack.copy_of_file()
    assert "rotate jwt-secret is in progress" in refusal(Exit.REFUSED, stack.incident)
    assert stack.copy_of_file() == file


def test_holds_every_other_operation_up_until_it_is_finished(small: SmallStack) -> None:
    with pytest.raises(Killed):
        small.incident(at="record written")
    said = refusal(Exit.REFUSED, lambda: small.rotate("jwt-secret"))
    assert "incident is in progress since" in said
    assert "run it again until it is finished" in said
    assert "--resume" not in said
    assert small.incident() == Exit.DONE
    assert small.rotate("redis-url") == Exit.DONE


def test_goes_on_with_its_own_record_only(stack: SmallStack) -> None:
    Operation.begin(stack.context(), "retire", "jwt-secret", intent={}, before={})
    assert "retire jwt-secret is in progress" in refusal(Exit.REFUSED, stack.incident)


def test_takes_up_a_secret_that_was_declared_since_it_began(small: SmallStack) -> None:
    """A run that is killed right after the edit reads that secret's steps from the record too."""
    before = small.value("redis-url")
    with pytest.raises(Killed):
        small.incident(at="record written")
    store, begun = small.records, small.open()
    assert begun is not None
    record = store.take_over(begun)
    record.intent["steps"] = [step for step in record.intent["steps"] if step["key"] != "redis-url"]
    store.save(record)
    with pytest.raises(Killed):
        small.incident(at="redis-url.generation: 2: edited")
    assert small.incident() == Exit.DONE
    assert (small.secret("redis-url").generation, small.secret("redis-url").revoked) == (2, (1,))
    assert small.value("redis-url") != before
