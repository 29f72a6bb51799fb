"""The journal of an incident."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.incident import database_passwords, external_secrets, rotate_generated, run, sessions
from ops.incident.journal import Journal, begun, opened
from ops.incident.plan import expected
from ops.incident.run import How, incident
from ops.reads import report
from ops.rotation import database
from settings import read_stack_file
from tests.ops.stack_folder import Only

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "secret database-url"


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return begun(tmp_path, "staging", "1", "drill", NOW)


@pytest.fixture
def context(tmp_path: Path) -> StackContext:
    session: Any = None
    settings, clock = read_stack_file("staging"), Clock(poll_s=0.001, rotation_s=0.01)
    return StackContext("staging", settings, session, Only, Screen(as_json=True), clock, tmp_path)


@pytest.fixture
def rotated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rotations of the database's URL, as they are made."""
    made: list[str] = []
    monkeypatch.setattr(database, "half_way", lambda context, name: None)
    monkeypatch.setattr(database, "renew", lambda context, secret, *, pending: made.append(secret.name))
    return made


def on_disk(journal: Journal) -> dict[str, Any]:
    return json.loads(journal.path.read_text())["items"]


def dies(*_: Any, **__: Any) -> None:
    raise Killed


@pytest.mark.attack(44)
def test_says_on_disk_what_was_in_hand_when_it_was_killed(journal: Journal) -> None:
    with pytest.raises(Killed), journal.trying("one"):
        raise Killed
    assert on_disk(journal)["one"]["state"] == "begun"


@pytest.mark.attack(44)
def test_says_on_disk_what_is_done(journal: Journal) -> None:
    with journal.trying("one"):
        pass
    assert on_disk(journal)["one"]["state"] == "done"


@pytest.mark.attack(44)
@pytest.mark.parametrize(
    "error",
    [Stop(Exit.PARTLY, "it broke"), ClientError({"Error": {"Code": "Throttling"}}, "PutSecretValue")],
    ids=["stop", "aws"],
)
def test_goes_on_where_one_item_fails_and_keeps_why(journal: Journal, error: Exception) -> None:
    with journal.trying("one"):
        raise error
    with journal.trying("two"):
        pass
    assert [item["state"] for item in on_disk(journal).values()] == ["failed", "done"]
    assert on_disk(journal)["one"]["why"]
    assert journal.unfinished == ["one"]


@pytest.mark.attack(44)
def test_is_the_one_that_is_not_finished(journal: Journal, tmp_path: Path) -> None:
    journal.mark("one", "begun")
    later = begun(tmp_path, "staging", "1", "another", NOW.replace(hour=13))
    later.finished = "2026-03-01T14:00:00+00:00"
    later.save()
    found = opened(tmp_path, "staging", "1")
    assert found == journal


@pytest.mark.attack(44)
def test_that_is_cut_short_while_it_is_written_is_the_one_before(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.mark("one", "done")
    monkeypatch.setattr("os.fsync", dies)
    with pytest.raises(Killed):
        journal.mark("two", "done")
    assert on_disk(journal).keys() == {"one"}


@pytest.mark.attack(44)
def test_counts_each_of_two_logins_as_it_is_changed(
    journal: Journal, context: StackContext, rotated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = database.half_way
    monkeypatch.setattr(database, "half_way", lambda *_: dies() if rotated else None)
    with pytest.raises(Killed):
        database_passwords.replace(context, journal)
    monkeypatch.setattr(database, "half_way", real)
    again = opened(context.root, "staging", "1")
    assert again is not None
    database_passwords.replace(context, again)
    assert len(rotated) == database_passwords.LOGINS
    database_passwords.replace(context, again)
    assert len(rotated) == database_passwords.LOGINS


@pytest.mark.attack(44)
def test_takes_no_half_rotation_from_before_for_a_new_password(
    journal: Journal, context: StackContext, rotated: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "half_way", lambda *_: None if rotated else "old")
    database_passwords.replace(context, journal)
    assert len(rotated) == database_passwords.LOGINS + 1


@pytest.mark.attack(44)
def test_says_what_is_done_and_that_is_not_touched_again(
    journal: Journal, context: StackContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "own_role", lambda context: [])
    for name in expected(context):
        journal.mark(name, "done")
    # Whatever is touched asks AWS first, and is killed.
    monkeypatch.setattr("ops.core.aws_state.AwsState.client", dies)
    sessions.revoke(context, journal)
    rotate_generated.replace(context, journal, Only(dies))
    database_passwords.replace(context, journal)
    database_passwords.replace_master(context, journal)
    assert journal.unfinished == []


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """An incident whose parts do nothing, but that one of them may leave an item as it says."""

    def use(state: Any) -> None:
        monkeypatch.setattr(sessions, "own_role", lambda context: [])
        # Another test drives the record; here nobody answers for the bucket.
        monkeypatch.setattr(run, "refuse_other", lambda context: None)
        monkeypatch.setattr(run, "held_record", lambda context: SimpleNamespace(finish=lambda: None))
        for part, name in (
            (sessions, "revoke"),
            (sessions, "revoke_host"),
            (rotate_generated, "replace"),
            (database_passwords, "replace_master"),
            (external_secrets, "look"),
        ):
            monkeypatch.setattr(part, name, lambda *_: None)

        def mark(context: StackContext, journal: Journal) -> None:
            for name in journal.items:
                journal.mark(name, "done")
            journal.mark(URL, state, "why not")

        monkeypatch.setattr(database_passwords, "replace", mark)
        monkeypatch.setattr(report, "show", lambda context, since: [])

    return use


GO = How(write=True, accept_outage=True)


@pytest.mark.attack(44)
@pytest.mark.parametrize("state", ["begun", "failed", "operator"])
def test_with_an_item_that_is_not_done_is_partly_done_and_stays_open(
    context: StackContext, quiet: Callable[[str], None], capsys: pytest.CaptureFixture[str], state: str
) -> None:
    quiet(state)
    assert incident(context, GO) == Exit.PARTLY
    assert json.loads(capsys.readouterr().out)["items"][URL] == {"state": state, "why": "why not"}
    found = opened(context.root, "staging", context.settings.account_id)
    assert found is not None
    assert found.unfinished == [URL]


@pytest.mark.attack(44)
def test_is_gone_on_with_by_the_same_command(context: StackContext, quiet: Callable[[str], None]) -> None:
    quiet("failed")
    assert incident(context, GO) == Exit.PARTLY
    quiet("done")
    assert incident(context, GO) == Exit.DONE
    assert len(list((context.root / "incidents").iterdir())) == 1


@pytest.mark.attack(44)
def test_hands_to_people_again_what_has_the_version_from_before(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session: Any = None
    settings = read_stack_file("cinematch-staging")
    context = StackContext(
        "cinematch-staging", settings, session, Only, Screen(as_json=True), Clock(), tmp_path
    )

    class Found:
        class plain:
            version = "1"

        since = NOW

    restarted: list[Any] = []
    monkeypatch.setattr(external_secrets, "held", lambda *_: Found)
    monkeypatch.setattr(external_secrets.readers, "restart", lambda *given: restarted.append(given))
    for _ in range(2):
        external_secrets.look(context, journal)
        assert {item.state for item in journal.items.values()} == {"operator"}
    assert restarted == []
    Found.plain.version = "2"
    external_secrets.look(context, journal)
    assert journal.unfinished == []
