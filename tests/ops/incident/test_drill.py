"""An incident."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from encryption_keys import Ring
from iam_documents import Request, decide
from ops.checks.verify.data.database import instance
from ops.checks.verify.secrets.grants import readers
from ops.checks.verify.secrets.values import database_url, rings
from ops.core.exits import Exit, Stop
from ops.incident import sessions
from ops.incident.journal import FOLDER, Journal, begun, just_finished, opened, read
from ops.incident.run import How, incident
from ops.rotation.database import CURRENT, staged
from tests.ops.rotation.test_rotate import (
    ENTRY_RING,
    HMAC_RING,
    JWT_RING,
    _forms,
    declared,
    keys,
    statuses,
    tasks,
)
from tests.ops.stack_folder import Only, StackFolder

RINGS = {
    "entry-encryption-key": ENTRY_RING,
    "internal-service-secret": HMAC_RING,
    "jwt-secret": JWT_RING,
}
GO = How(write=True, reason="drill", accept_outage=True)
AGAIN = replace(GO, again=True)


@dataclass
class Seen:
    """What there was before an incident, and what it said."""

    home: StackFolder
    file: str
    values: dict[str, str]
    rings: dict[str, Ring]
    tasks: dict[str, dict[str, datetime]]
    master: str
    code: Exit
    said: str
    journal: Journal


def master(home: StackFolder) -> str:
    context = home.context()
    secret = (instance(context.aws) or {})["MasterUserSecret"]["SecretArn"]
    return staged(context, secret)[CURRENT]


def values(home: StackFolder) -> dict[str, str]:
    return {name: value.text for name, value in home.values().items()}


def journals(home: StackFolder) -> list[Journal]:
    return [read(path) for path in sorted((home.root / FOLDER).glob("*.json"))]


@pytest.fixture(scope="module")
def drilled(staging: StackFolder) -> Seen:
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("ops.core.console.Screen.line", lambda self, text, style="": lines.append(text))
        return Seen(
            home=staging,
            file=staging.file.read_text(),
            values=values(staging),
            rings={key: staging.ring(name) for key, name in RINGS.items()},
            tasks={service: tasks(staging, service) for service in ("user", "api-gateway")},
            master=master(staging),
            code=incident(staging.context(), GO),
            said="\n".join(lines),
            journal=journals(staging)[-1],
        )


def test_is_a_dry_run_until_told_otherwise(staging: StackFolder, capsys: pytest.CaptureFixture[str]) -> None:
    file, updates, before = staging.file.read_text(), staging.updates, journals(staging)
    assert incident(staging.context(), How()) == Exit.DONE
    assert (staging.file.read_text(), staging.updates, journals(staging)) == (file, updates, before)
    said = capsys.readouterr().out
    assert "would replace: secret database-url" in said
    assert "will be noticed: jwt-secret: api-gateway, user know one key" in said
    assert "add --apply --accept-outage" in said


def test_wants_accepted_what_readers_will_notice(staging: StackFolder) -> None:
    before = journals(staging)
    with pytest.raises(Stop, match="add --accept-outage") as stop:
        incident(staging.context(), How(write=True))
    assert (stop.value.code, journals(staging)) == (Exit.REFUSED, before)


def test_does_not_begin_anew_on_the_day_it_was_finished_unless_told_to(
    drilled: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    before = journals(drilled.home)
    with pytest.raises(Stop, match=r"was finished at .*; add --again") as stop:
        incident(drilled.home.context(), GO)
    assert (stop.value.code, journals(drilled.home)) == (Exit.REFUSED, before)
    incident(drilled.home.context(), How())
    assert "add --apply --accept-outage --again" in capsys.readouterr().out


@pytest.mark.parametrize(("hours", "found"), [(1, True), (23, True), (25, False)])
def test_is_just_finished_for_a_day(tmp_path: Path, hours: int, found: bool) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    journal = begun(tmp_path, "staging", "111122223333", "drill", now - timedelta(hours=30))
    journal.finished = (now - timedelta(hours=hours)).isoformat()
    journal.save()
    assert (just_finished(tmp_path, "staging", now) is not None) is found


@pytest.mark.accepts("B55")
def test_replaces_every_value_that_was_in_the_store(drilled: Seen) -> None:
    now = values(drilled.home)
    assert drilled.code == Exit.DONE
    assert [name for name, value in drilled.values.items() if now[name] == value] == []
    assert master(drilled.home) != drilled.master
    assert not [*rings(drilled.home.context().aws), *database_url(drilled.home.context().aws)]


@pytest.mark.accepts("B55")
@pytest.mark.parametrize("key", RINGS)
def test_makes_no_key_current_that_a_leaked_ring_held(drilled: Seen, key: str) -> None:
    old, new = drilled.rings[key], drilled.home.ring(RINGS[key])
    now = old.current.generation
    assert statuses(new) == {now: "decrypt-only", now + 2: "current", now + 3: "next"}
    assert keys(new)[now] == keys(old)[now]
    assert keys(old)[now + 1] not in keys(new).values()


@pytest.mark.accepts("B55")
def test_changes_no_line_of_the_stack_file_but_generations(drilled: Seen) -> None:
    def others(text: str) -> list[str]:
        return [
            line for line in text.splitlines() if not line.strip().startswith(("generation:", "revoked:"))
        ]

    after = drilled.home.file.read_text()
    assert others(after) == others(drilled.file)
    was, now = (yaml.safe_load(text)["config"]["strongroom:secrets"] for text in (drilled.file, after))
    moved = {key: now[key]["generation"] - was[key]["generation"] for key in now if "generation" in now[key]}
    assert moved == {**dict.fromkeys(RINGS, 2), "redis-url": 1}


@pytest.mark.accepts("B55", "B57")
def test_starts_every_running_service_anew(drilled: Seen) -> None:
    for service, before in drilled.tasks.items():
        assert before.keys().isdisjoint(tasks(drilled.home, service))


@pytest.mark.accepts("B55")
def test_gives_both_logins_of_the_database_a_new_password(drilled: Seen) -> None:
    assert drilled.said.count("rotation to version") == 2
    assert drilled.journal.items["secret database-url"].passes == 2


@pytest.mark.accepts("B60")
def test_shuts_out_every_older_session_of_the_stacks_roles(drilled: Seen) -> None:
    iam, roles = drilled.home.client("iam"), sessions.roles(drilled.home.context().settings)
    there = {one["RoleName"] for one in iam.list_roles(MaxItems=500)["Roles"]} & set(roles)
    assert {"aiponge-exec-user", "aiponge-task-user", "aiponge-rotate", "aiponge-deploy"} <= there
    wanted = sessions.document(drilled.journal.started)
    for role in there - {"aiponge-pulumi-up"}:  # the one this test is signed in to
        policy = iam.get_role_policy(RoleName=role, PolicyName=sessions.POLICY)["PolicyDocument"]
        assert policy == wanted, role


@pytest.mark.accepts("B60")
def test_takes_no_right_from_sessions_that_begin_later(drilled: Seen) -> None:
    assert not list(readers(drilled.home.context().aws))


@pytest.mark.accepts("B60")
@pytest.mark.parametrize(
    ("issued", "decision"),
    [("2026-03-01T11:59:59Z", "explicitDeny"), ("2026-03-01T12:00:00Z", "implicitDeny")],
)
def test_denies_by_the_time_a_session_was_issued(issued: str, decision: str) -> None:
    deny = sessions.document(datetime.fromisoformat("2026-03-01T13:00:00+01:00"))
    asked = Request(
        "s3:GetObject", "arn:aws:s3:::x/y", "arn:aws:iam::1:role/r", {"aws:TokenIssueTime": issued}
    )
    assert decide([deny], asked) == decision


@pytest.mark.accepts("B55")
@pytest.mark.attack(12)
def test_shows_no_value_and_writes_none_down(drilled: Seen) -> None:
    secret = {*drilled.values.values(), *values(drilled.home).values()}
    for ring in (*drilled.rings.values(), *(drilled.home.ring(name) for name in RINGS.values())):
        secret |= {base64.b64encode(key.secret).decode() for key in ring.keys}
    shown = drilled.said + drilled.journal.path.read_text()
    assert "jwt-secret" in shown
    assert [form for value in secret for form in _forms(value) if form in shown] == []


def test_says_what_is_left_to_people_and_what_it_could_not_learn(drilled: Seen) -> None:
    assert "ops retire jwt-secret" in drilled.said
    assert "--policy-name AWSRevokeOlderSessions" in drilled.said
    assert "sign out of role aiponge-pulumi-up" in drilled.said
    assert "who had read what is not known: the AWS call LookupEvents failed" in drilled.said


class Killed(BaseException):
    """The process ends here: no handler of ours sees it."""


@dataclass
class Gallows:
    """Ends the run at the n-th call of a function, before or after it does its work."""

    patch: pytest.MonkeyPatch

    def at(self, where: str, call: int, *, after: bool = False) -> None:
        module, _, name = where.rpartition(".")
        target: Any = pytest.importorskip(module)
        real, left = getattr(target, name), iter(range(1, 10_000))

        def dies(*given: Any, **named: Any) -> Any:
            if (now := next(left)) == call and not after:
                raise Killed
            answer = real(*given, **named)
            if now == call:
                raise Killed
            return answer

        self.patch.setattr(target, name, dies)


KILLS = [
    ("ops.core.stack_edit.save", 1, False),  # before the journal exists
    ("ops.core.stack_edit.save", 8, True),  # between two roles
    ("ops.rotation.steps.proven", 1, False),  # the stack is updated, nothing is proved
    ("ops.rotation.readers.restart", 1, False),  # proved, and every reader is of before
    ("ops.rotation.steps.proven", 6, True),  # in the second wave
    ("ops.rotation.database.renew", 1, True),  # one of two logins
]


@pytest.mark.accepts("B55")
@pytest.mark.attack(44)
def test_that_is_killed_anywhere_goes_on_and_rotates_nothing_twice(drilled: Seen) -> None:
    home = drilled.home
    was = {key: declared(home, key)["generation"] for key in RINGS}
    before, old = values(home), {key: home.ring(name) for key, name in RINGS.items()}
    for where, call, after in KILLS:
        with pytest.MonkeyPatch.context() as patch:
            Gallows(patch).at(where, call, after=after)
            with pytest.raises(Killed):
                incident(home.context(), AGAIN)
    count = len(journals(home))
    assert incident(home.context(), AGAIN) == Exit.DONE
    assert len(journals(home)) == count == 2
    assert opened(home.root, home.stack, home.context().settings.account_id) is None
    assert {key: declared(home, key)["generation"] for key in RINGS} == {
        key: now + 2 for key, now in was.items()
    }
    for key, name in RINGS.items():
        ring = home.ring(name)
        assert {g: keys(ring)[g] for g in keys(old[key]) if g in keys(ring)}.items() <= keys(old[key]).items()
        assert list(statuses(ring).values()).count("current") == 1
    assert [name for name, value in values(home).items() if before[name] == value] == []


@pytest.mark.accepts("B55")
@pytest.mark.attack(44)
def test_goes_on_with_the_others_where_one_item_fails(
    drilled: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    home, name = drilled.home, "aiponge/jwt-secret"
    store, before = home.client("secretsmanager"), values(home)
    store.put_secret_value(SecretId=name, SecretString=base64.b64encode(bytes(range(32))).decode())
    assert incident(home.context(), AGAIN) == Exit.PARTLY
    assert "secret jwt-secret: aiponge/jwt-secret is not the current key" in capsys.readouterr().out
    journal = opened(home.root, home.stack, home.context().settings.account_id)
    assert journal is not None
    assert journal.unfinished == ["secret jwt-secret"]
    now = values(home)
    assert {one for one in before if before[one] == now[one]} == {"aiponge/jwt-keyring"}
    store.put_secret_value(SecretId=name, SecretString=before[name])
    assert incident(home.context(), AGAIN) == Exit.DONE
    assert values(home)[name] not in (before[name], now[name])
    assert values(home)["aiponge/redis-url"] == now["aiponge/redis-url"]


def test_is_one_document_for_a_program(drilled: Seen, capsys: pytest.CaptureFixture[str]) -> None:
    assert incident(drilled.home.context(as_json=True), How()) == Exit.DONE
    said = json.loads(capsys.readouterr().out)
    assert "secrets.jwt-secret.generation: " in "\n".join(said["steps"])
    assert said["github"] == []


class UnprotectsOnly(Only):
    """An update that may unprotect and then fails."""

    def unprotect(self, urns: Sequence[str]) -> None:
        assert urns


@pytest.mark.attack(44)
def test_replaces_what_needs_no_update_although_the_update_fails(
    drilled: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise Stop(
            Exit.PARTLY, "the update (pulumi) ended with 255: correct the cause, then continue with --resume"
        )

    home, before = drilled.home, values(drilled.home)
    context = replace(home.context(), find_update=lambda: UnprotectsOnly(fails))
    assert incident(context, AGAIN) == Exit.PARTLY
    journal = opened(home.root, home.stack, home.context().settings.account_id)
    assert journal is not None
    assert journal.unfinished == [f"secret {key}" for key in (*RINGS, "redis-url")]
    assert {name for name, value in values(home).items() if before[name] != value} == {"aiponge/database-url"}
    assert (
        "ended with 255: correct the cause, then continue with this command again" in capsys.readouterr().out
    )
