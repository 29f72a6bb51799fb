"""Tests of a whole incident on running stacks."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
import yaml

from encryption_keys import Ring
from iam_documents import Request, decide
from ops.checks.verify.data.database import instance
from ops.checks.verify.secrets.grants import readers
from ops.checks.verify.secrets.values import database_url, rings
from ops.core.exits import Exit, Stop
from ops.incident import sessions
from ops.incident.run import How, incident
from ops.operations import Record, records
from ops.rotation.database import CURRENT, staged
from tests.ops.rotation.small_stack import Killed, ends_at
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
from tests.ops.stack_folder import StackFolder

RINGS = {
    "entry-encryption-key": ENTRY_RING,
    "internal-service-secret": HMAC_RING,
    "jwt-secret": JWT_RING,
}
GO = How(write=True, accept_outage=True)


@dataclass
class Seen:
    """The values before an incident whose first run was killed, and the output of its runs."""

    home: StackFolder
    file: str
    values: dict[str, str]
    rings: dict[str, Ring]
    tasks: dict[str, dict[str, datetime]]
    master: str
    code: Exit
    said: str
    record: Record


def master(home: StackFolder) -> str:
    context = home.context()
    secret = (instance(context.aws) or {})["MasterUserSecret"]["SecretArn"]
    return staged(context, secret)[CURRENT]


def values(home: StackFolder) -> dict[str, str]:
    return {name: value.text for name, value in home.values().items()}


def incidents(home: StackFolder) -> list[Record]:
    """The finished incidents, and the open one."""
    store = records(home.context())
    return [*store.finished("incident"), *filter(None, [store.open_record()])]


def killed_once(home: StackFolder) -> Exit:
    """An incident that is killed after the first of two logins was changed, and run again."""
    with pytest.raises(Killed):
        incident(replace(home.context(), boundary=ends_at("version in force", Killed)), GO)
    return incident(home.context(), GO)


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
            code=killed_once(staging),
            said="\n".join(lines),
            record=incidents(staging)[-1],
        )


def test_is_a_dry_run_until_told_otherwise(staging: StackFolder, capsys: pytest.CaptureFixture[str]) -> None:
    file, updates, before = staging.file.read_text(), staging.updates, incidents(staging)
    assert incident(staging.context(), How()) == Exit.REFUSED, "readers will notice it"
    assert (staging.file.read_text(), staging.updates, incidents(staging)) == (file, updates, before)
    said = capsys.readouterr().out
    assert "would replace: secret database-url" in said
    assert "interrupts readers: jwt-secret: api-gateway, user know one key" in said
    assert "add --apply --accept-outage" in said


def test_wants_accepted_what_readers_will_notice(staging: StackFolder) -> None:
    before = incidents(staging)
    with pytest.raises(Stop, match="add --accept-outage") as stop:
        incident(staging.context(), How(write=True))
    assert (stop.value.code, incidents(staging)) == (Exit.REFUSED, before)


def test_does_not_begin_anew_on_the_day_it_was_finished_unless_told_to(
    drilled: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    before = incidents(drilled.home)
    with pytest.raises(Stop, match=r"was finished at .*; add --again") as stop:
        incident(drilled.home.context(), GO)
    assert (stop.value.code, incidents(drilled.home)) == (Exit.REFUSED, before)
    incident(drilled.home.context(), How())
    assert "add --apply --accept-outage --again" in capsys.readouterr().out


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
    made = [drilled.record.steps[f"secret database-url: rotation {number}"] for number in (1, 2)]
    assert [step.state for step in made] == ["done", "done"]
    assert len({step.facts["version"] for step in made}) == 2


@pytest.mark.accepts("B60")
def test_shuts_out_every_older_session_of_the_stacks_roles(drilled: Seen) -> None:
    iam, roles = drilled.home.client("iam"), sessions.roles(drilled.home.context().settings)
    there = {one["RoleName"] for one in iam.list_roles(MaxItems=500)["Roles"]} & set(roles)
    assert {"aiponge-exec-user", "aiponge-task-user", "aiponge-rotate", "aiponge-deploy"} <= there
    wanted = sessions.document(datetime.fromisoformat(drilled.record.started))
    for role in there - {"aiponge-pulumi-up"}:  # the role that this test is signed in to
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
    shown = drilled.said + drilled.record.to_json()
    assert "jwt-secret" in shown
    assert [form for value in secret for form in _forms(value) if form in shown] == []


def test_says_what_is_left_to_people_and_what_it_could_not_learn(drilled: Seen) -> None:
    assert "ops retire jwt-secret" in drilled.said
    assert "--policy-name AWSRevokeOlderSessions" in drilled.said
    assert "sign out of role aiponge-pulumi-up" in drilled.said
    assert "the reads of secrets cannot be listed: the AWS call LookupEvents failed" in drilled.said


@pytest.mark.accepts("B55")
@pytest.mark.attack(44)
def test_that_is_killed_goes_on_and_rotates_nothing_twice(drilled: Seen) -> None:
    assert [record.finished != "" for record in incidents(drilled.home)] == [True]
    assert drilled.home.updates == 2  # Both in the run that was killed.
    for key, name in RINGS.items():
        ring = drilled.home.ring(name)
        assert list(statuses(ring).values()).count("current") == 1
        assert declared(drilled.home, key)["generation"] == drilled.rings[key].current.generation + 2


def test_is_one_document_for_a_program(drilled: Seen, capsys: pytest.CaptureFixture[str]) -> None:
    assert incident(drilled.home.context(as_json=True), How()) == Exit.REFUSED
    said = json.loads(capsys.readouterr().out)
    assert "secrets.jwt-secret.generation: " in "\n".join(said["steps"])
    assert said["github"] == []
