"""Tests of the items of an incident."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.incident import database_passwords, external_secrets, rotate_generated, sessions
from ops.incident.items import Items, just_finished
from ops.incident.plan import expected
from ops.operations import Operation, RecordStep, new_record, open_record
from ops.reads import report
from ops.rotation import database as urls
from settings import read_stack_file
from tests.ops.rotation.small_stack import DATABASE_URL, Killed, SmallStack, refusal
from tests.ops.stack_folder import Only

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "secret database-url"


def begun(stack: SmallStack, *names: str) -> Items:
    context = stack.context()
    operation = Operation.begin(context, "incident", "", intent={"steps": []}, before={})
    return Items(operation, names or expected(context))


def again(stack: SmallStack) -> Items:
    """The same incident, opened by another process."""
    context = stack.context()
    return Items(Operation.resume(context, "incident", ""), expected(context))


def saved(stack: SmallStack) -> dict[str, RecordStep]:
    record = stack.open()
    assert record is not None
    return record.steps


def dies(*_: Any, **__: Any) -> None:
    raise Killed


@pytest.mark.attack(44)
def test_are_saved_as_begun_while_they_are_in_hand(stack: SmallStack) -> None:
    items = begun(stack, "one")
    with pytest.raises(Killed), items.trying("one"):
        raise Killed
    assert saved(stack)["one"].state == "begun"


@pytest.mark.attack(44)
def test_are_saved_as_done(stack: SmallStack) -> None:
    with begun(stack, "one").trying("one"):
        pass
    assert saved(stack)["one"].state == "done"


@pytest.mark.attack(44)
@pytest.mark.parametrize(
    "error",
    [Stop(Exit.PARTLY, "it broke"), ClientError({"Error": {"Code": "Throttling"}}, "PutSecretValue")],
    ids=["stop", "aws"],
)
def test_go_on_where_one_fails_and_keep_why(stack: SmallStack, error: Exception) -> None:
    items = begun(stack, "one", "two")
    with items.trying("one"):
        raise error
    with items.trying("two"):
        pass
    assert [item.state for item in saved(stack).values()] == ["failed", "done"]
    assert saved(stack)["one"].why
    assert list(items.unfinished) == ["one"]


def finished(stack: SmallStack, ago: timedelta, account: str | None = None) -> None:
    """A finished incident that began 30 hours before ``NOW``."""
    record = new_record(
        stack=stack.context().stack,
        account=account or stack.context().settings.account_id,
        kind="incident",
        target="",
        operator="somebody",
        reason="drill",
        intent={"steps": []},
        before={},
    )
    record.started = (NOW - timedelta(hours=30)).isoformat()
    stack.records.begin(record)
    store = stack.records
    taken = store.take_over(record)
    store.keep(taken, (NOW - ago).isoformat())
    store.free(taken)


@pytest.mark.attack(44)
def test_are_those_of_the_incident_that_is_not_finished(stack: SmallStack) -> None:
    finished(stack, timedelta(hours=1))
    items = begun(stack, "one")
    items.mark("one", "begun")
    found = open_record(stack.context())
    assert found == items.record


@pytest.mark.parametrize(("hours", "found"), [(1, True), (23, True), (25, False)])
def test_are_just_finished_for_a_day(stack: SmallStack, hours: int, found: bool) -> None:
    finished(stack, timedelta(hours=hours))
    assert (just_finished(stack.context(), NOW) is not None) is found


@pytest.mark.attack(44)
def test_are_as_before_where_a_save_is_cut_short(stack: SmallStack, monkeypatch: pytest.MonkeyPatch) -> None:
    items = begun(stack, "one", "two")
    items.mark("one", "done")
    monkeypatch.setattr("botocore.endpoint.Endpoint.make_request", dies)
    with pytest.raises(Killed):
        items.mark("two", "done")
    monkeypatch.undo()
    assert saved(stack).keys() == {"one"}


def versions(stack: SmallStack) -> int:
    found = stack.client("secretsmanager").list_secret_version_ids(
        SecretId=DATABASE_URL, IncludeDeprecated=True
    )
    return len(found["Versions"])


@pytest.mark.attack(44)
def test_count_each_of_two_logins_as_it_is_changed(
    database: SmallStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, context = versions(database), database.context()
    real = urls.half_way
    changed = lambda *_: dies() if versions(database) > before else None  # noqa: E731
    monkeypatch.setattr(urls, "half_way", changed)
    with pytest.raises(Killed):
        database_passwords.replace(context, begun(database))
    monkeypatch.setattr(urls, "half_way", real)
    items = again(database)
    for _ in range(2):
        database_passwords.replace(context, items)
        assert versions(database) - before == database_passwords.LOGINS


@pytest.mark.attack(44)
def test_take_no_half_rotation_from_before_for_a_new_password(
    database: SmallStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, done, restarts = ["old"], list[str](), list[Any]()
    context, before = database.context(), versions(database)
    monkeypatch.setattr(urls, "half_way", lambda *_: old.pop() if old else None)
    monkeypatch.setattr(urls, "finish", lambda context, secret, version: done.append(version))
    monkeypatch.setattr(urls.readers, "restart", lambda *given: restarts.append(given))
    database_passwords.replace(context, begun(database))
    assert (done, versions(database) - before) == (["old"], database_passwords.LOGINS)
    # A rotation changes the login that is not current: readers leave it after each rotation.
    assert len(restarts) == database_passwords.LOGINS + 1


@pytest.mark.attack(44)
def test_that_are_done_are_not_touched_again(stack: SmallStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "own_role", lambda context: [])
    items, context = begun(stack), stack.context()
    for name in items.names:
        items.mark(name, "done")
    # Each item asks AWS first, and is interrupted there.
    monkeypatch.setattr("ops.core.aws_state.AwsState.client", dies)
    sessions.revoke(context, items)
    rotate_generated.replace(context, items, Only(dies))
    database_passwords.replace(context, items)
    database_passwords.replace_master(context, items)
    assert items.unfinished == {}


@pytest.fixture
def quiet(stack: SmallStack, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """An incident whose parts do nothing, except one that may leave an item in a given state."""

    def use(state: Any) -> None:
        monkeypatch.setattr(sessions, "own_role", lambda context: [])
        for part, name in (
            (sessions, "revoke"),
            (sessions, "revoke_host"),
            (rotate_generated, "replace"),
            (database_passwords, "replace_master"),
            (external_secrets, "look"),
        ):
            monkeypatch.setattr(part, name, lambda *_: None)

        def mark(context: StackContext, items: Items) -> None:
            for name in items.names:
                items.mark(name, "done")
            items.mark(URL, state, "why not")

        monkeypatch.setattr(database_passwords, "replace", mark)
        monkeypatch.setattr(report, "show", lambda context, since: [])

    return use


@pytest.mark.attack(44)
@pytest.mark.parametrize("state", ["begun", "failed", "operator"])
def test_of_which_one_is_not_done_leave_the_incident_open(
    stack: SmallStack, quiet: Callable[[str], None], capsys: pytest.CaptureFixture[str], state: str
) -> None:
    quiet(state)
    assert stack.incident(as_json=True) == Exit.PARTLY
    assert json.loads(capsys.readouterr().out)["items"][URL] == {"state": state, "why": "why not"}
    assert list(again(stack).unfinished) == [URL]


@pytest.mark.attack(44)
def test_are_gone_on_with_by_the_same_command(stack: SmallStack, quiet: Callable[[str], None]) -> None:
    quiet("failed")
    assert stack.incident() == Exit.PARTLY
    quiet("done")
    assert stack.incident() == Exit.DONE
    assert stack.open() is None
    assert len(stack.records.finished("incident")) == 1


@pytest.mark.attack(44)
def test_are_handed_to_people_again_while_the_value_is_the_one_of_before(
    stack: SmallStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = stack.context()
    context.settings = read_stack_file("cinematch-staging")

    class Found:
        ring = previous = None

        class plain:
            text = "leaked"

        since = NOW

    restarted: list[Any] = []
    monkeypatch.setattr(external_secrets, "held", lambda *_: Found)
    monkeypatch.setattr(external_secrets.readers, "restart", lambda *given: restarted.append(given))
    items = begun(stack, *(f"secret {key}" for key in external_secrets.keys(context.settings)))
    for _ in range(2):
        external_secrets.look(context, items)
        assert {item.state for item in items.unfinished.values()} == {"operator"}
    assert restarted == []
    assert "leaked" not in items.record.to_json()
    Found.plain.text = "another"
    external_secrets.look(context, items)
    assert items.unfinished == {}


def test_that_nobody_expects_any_more_hold_nothing_up(stack: SmallStack) -> None:
    first = begun(stack, "one", "two")
    first.mark("one", "failed")
    second = Items(first.operation, ["two"])
    second.mark("two", "done")
    assert second.unfinished == {}


@pytest.mark.attack(43)
def test_of_another_account_are_not_gone_on_with(stack: SmallStack) -> None:
    items = begun(stack)
    items.record.account = "111122223333"
    items.operation.save()
    said = refusal(Exit.REFUSED, stack.incident)
    assert f"is of account 111122223333, not {stack.context().settings.account_id}" in said


@pytest.mark.parametrize("text", ["", "{", "[]", '{"stack": "staging"}'])
def test_that_cannot_be_read_are_left_to_people(stack: SmallStack, text: str) -> None:
    bucket = stack.context().settings.names.state_bucket
    stack.client("s3").put_object(Bucket=bucket, Key=stack.records.key, Body=text.encode())
    assert "is not an operation record" in refusal(Exit.BAD_INPUT, stack.incident)
