"""Tests of rotating a secret."""

from __future__ import annotations

import base64
import io
import urllib.parse
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from encryption_keys import Ring
from ops.checks.verify.secrets.values import database_url, rings
from ops.core.exits import Exit, Stop
from ops.core.stack_edit import SECRETS
from ops.rotation import readers
from ops.rotation.rotate import How, outage, rotate
from settings import read_stack_file
from tests.ops.core.test_stack_edit import changed
from tests.ops.stack_folder import Only, StackFolder

ENTRY_RING, HMAC_RING, JWT_RING = (
    f"aiponge/{name}-keyring" for name in ("entry-encryption", "internal-service", "jwt")
)


def declared(home: StackFolder, key: str) -> dict[str, Any]:
    return yaml.safe_load(home.file.read_text())["config"][SECRETS][key]


def tasks(home: StackFolder, service: str) -> dict[str, datetime]:
    ecs, where = home.client("ecs"), {"cluster": "aiponge-staging"}
    arns = ecs.list_tasks(**where, serviceName=f"aiponge-{service}")["taskArns"]
    found = ecs.describe_tasks(**where, tasks=arns)["tasks"] if arns else []
    return {task["taskArn"]: task["startedAt"].astimezone(UTC) for task in found}


def keys(ring: Ring) -> dict[int, bytes]:
    return {key.generation: key.secret for key in ring.keys}


def statuses(ring: Ring) -> dict[int, str]:
    return {key.generation: key.status for key in ring.keys}


def former(ring: Ring) -> dict[int, str]:
    """The statuses of a keyring's keys up to the current one."""
    return {g: "decrypt-only" for g in keys(ring) if g <= ring.current.generation}


def refreshed(home: StackFolder, key: str) -> None:
    """Restart the readers, as a deployment would."""
    context = home.context()
    readers.restart(context, context.settings.secrets[key].readers, datetime(2026, 1, 1, tzinfo=UTC))


def refused(home: StackFolder, name: str, code: Exit = Exit.REFUSED, **how: bool) -> str:
    file, updates, values = home.file.read_text(), home.updates, home.values()
    with pytest.raises(Stop) as stop:
        home.rotate(name, **how)
    assert stop.value.code == code
    assert (home.file.read_text(), home.updates, home.values()) == (file, updates, values)
    return str(stop.value)


@pytest.mark.accepts("A9", "A11")
def test_makes_next_current_and_touches_no_other_key(staging: StackFolder) -> None:
    file, before, untouched = (
        staging.file.read_text(),
        staging.ring(ENTRY_RING),
        tasks(staging, "api-gateway"),
    )
    generation = before.current.generation
    assert staging.rotate("entry-encryption-key") == Exit.DONE
    after = staging.ring(ENTRY_RING)
    assert statuses(after) == {**former(before), generation + 1: "current", generation + 2: "next"}
    assert {g: keys(after)[g] for g in keys(before)} == keys(before)
    plain = staging.values()["aiponge/entry-encryption-key"]
    assert base64.b64decode(plain.text) == keys(before)[generation + 1]
    assert not list(rings(staging.context().aws))
    assert [len(lines) for lines in changed(file, staging.file.read_text())] == [1, 1]
    assert tasks(staging, "api-gateway") == untouched
    assert min(tasks(staging, "user").values()) > staging.values()[ENTRY_RING].created.astimezone(UTC)


@pytest.mark.accepts("A9")
def test_of_a_leaked_key_skips_the_generation_that_leaked_with_it(
    staging: StackFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    before = staging.ring(JWT_RING)
    now, unprotected = before.current.generation, len(staging.unprotected)
    assert staging.rotate("jwt-secret", compromised=True) == Exit.DONE
    after, entry = staging.ring(JWT_RING), declared(staging, "jwt-secret")
    assert statuses(after) == {**former(before), now + 2: "current", now + 3: "next"}
    assert keys(after)[now] == keys(before)[now]
    assert keys(before)[now + 1] not in keys(after).values()
    seeds = [urn.rpartition("::")[2] for urn in staging.unprotected[unprotected:]]
    assert seeds == [f"values-jwt-secret-g{now + 1}"]
    assert (entry["generation"], entry["revoked"]) == (now + 2, [now + 1])
    assert "next: ops retire jwt-secret --stack staging --apply" in capsys.readouterr().out


@pytest.mark.attack(44)
def test_that_stopped_half_way_is_finished_by_resume_alone(staging: StackFolder) -> None:
    before = staging.ring(HMAC_RING)

    def fails() -> None:
        raise Stop(Exit.PARTLY, "the update ended with 255")

    how = How(write=True, accept_outage=True)
    with pytest.raises(Stop) as stop:
        rotate(replace(staging.context(), find_update=lambda: Only(fails)), "internal-service-secret", how)
    assert stop.value.code == Exit.PARTLY
    assert declared(staging, "internal-service-secret")["generation"] == before.current.generation + 1
    assert "finish it with --resume" in refused(staging, "internal-service-secret")
    assert staging.rotate("internal-service-secret", resume=True) == Exit.DONE
    after = staging.ring(HMAC_RING)
    assert after.current.generation == before.current.generation + 1
    assert {g: keys(after)[g] for g in keys(before)} == keys(before)


@pytest.mark.accepts("A9")
@pytest.mark.attack(45)
def test_waits_for_readers_that_do_not_know_the_next_key(staging: StackFolder) -> None:
    ring = staging.values()[ENTRY_RING].text
    staging.client("secretsmanager").put_secret_value(SecretId=ENTRY_RING, SecretString=ring)
    said = refused(staging, "entry-encryption-key")
    assert "service aiponge-user runs 1 tasks that started before" in said
    assert "api-gateway" not in said
    refreshed(staging, "entry-encryption-key")
    assert rotate(staging.context(), "entry-encryption-key", How(accept_outage=True)) == Exit.DONE


@pytest.mark.attack(47)
def test_leaves_a_value_that_was_changed_by_hand_to_people(staging: StackFolder) -> None:
    store, name = staging.client("secretsmanager"), "aiponge/jwt-secret"
    right = staging.values()[name].text
    store.put_secret_value(SecretId=name, SecretString=base64.b64encode(bytes(range(32))).decode())
    try:
        assert "changed by hand" in refused(staging, "jwt-secret")
    finally:
        store.put_secret_value(SecretId=name, SecretString=right)
        refreshed(staging, "jwt-secret")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("entry-encryption-key", "they cannot read rows under the old key"),
        ("internal-service-secret", "calls between old and new tasks fail with 401"),
        ("jwt-secret", "users sign in again"),
    ],
)
def test_says_what_readers_will_notice_and_wants_it_accepted(
    staging: StackFolder, name: str, says: str
) -> None:
    said = refused(staging, name, accept_outage=False)
    assert says in said
    assert "--accept-outage" in said


@pytest.mark.accepts("A13", "A14")
@pytest.mark.parametrize("key", ["entry-encryption-key", "internal-service-secret", "jwt-secret"])
def test_of_a_ring_passes_unnoticed_only_once_every_reader_goes_by_it(key: str) -> None:
    secret = read_stack_file("staging").secrets[key]
    assert secret.keyring is not None
    *most, last = secret.readers
    aware = {
        readers: secret.keyring.model_copy(update={"readers": readers})
        for readers in (tuple(most), secret.readers)
    }
    said = [outage(key, secret.model_copy(update={"keyring": ring})) for ring in aware.values()]
    assert f"{key}: {last} know one key" in str(said[0])
    assert said[1] is None


def test_needs_no_acceptance_where_two_passwords_are_in_force(staging: StackFolder) -> None:
    assert rotate(staging.context(), "redis-url", How()) == Exit.DONE


def test_is_a_dry_run_until_told_otherwise(staging: StackFolder, capsys: pytest.CaptureFixture[str]) -> None:
    file, updates = staging.file.read_text(), staging.updates
    assert rotate(staging.context(), "jwt-secret", How(accept_outage=True)) == Exit.DONE
    assert (staging.file.read_text(), staging.updates) == (file, updates)
    said = capsys.readouterr().out
    assert "restart api-gateway, user" in said
    assert "add --apply" in said


@pytest.mark.parametrize(
    ("name", "how", "says"),
    [
        ("jwt-secrt", {}, "jwt-secrt is not declared under strongroom:secrets"),
        ("jwt-secret", {"abort": True}, "generations only rise"),
        ("jwt-secret", {"abort": True, "resume": True}, "give one of them"),
    ],
)
def test_refuses_what_makes_no_sense(
    staging: StackFolder, name: str, how: dict[str, bool], says: str
) -> None:
    assert says in refused(staging, name, Exit.BAD_INPUT, **how)


def pending(home: StackFolder) -> str:
    """A version that an unfinished rotation left: the other login, with the same address."""
    current = home.values()["aiponge/database-url"].text
    other = current.replace("aiponge_a:", "aiponge_x:").replace("aiponge_b:", "aiponge_a:")
    return home.client("secretsmanager").put_secret_value(
        SecretId="aiponge/database-url",
        SecretString=other.replace("aiponge_x:", "aiponge_b:"),
        VersionStages=["AWSPENDING"],
    )["VersionId"]


@pytest.mark.accepts("A33")
def test_of_the_database_url_waits_for_its_function_and_restarts_the_readers(staging: StackFolder) -> None:
    refreshed(staging, "database-url")
    before, old, others = staging.values(), tasks(staging, "user"), tasks(staging, "api-gateway")
    assert staging.rotate("database-url") == Exit.DONE
    after = staging.values()["aiponge/database-url"]
    assert after.version != before["aiponge/database-url"].version
    assert not list(database_url(staging.context().aws))
    assert old.keys().isdisjoint(tasks(staging, "user"))
    assert tasks(staging, "api-gateway") == others


@pytest.mark.attack(31)
def test_of_the_database_url_waits_for_readers_of_the_login_about_to_change(staging: StackFolder) -> None:
    current = staging.values()["aiponge/database-url"].text
    staging.client("secretsmanager").put_secret_value(SecretId="aiponge/database-url", SecretString=current)
    said = refused(staging, "database-url")
    assert "service aiponge-user" in said
    assert "its login is the one that changes; deploy it first" in said
    refreshed(staging, "database-url")


@pytest.mark.attack(29)
def test_of_the_database_url_that_is_stuck_goes_on_or_back_only_when_told(staging: StackFolder) -> None:
    current, version = staging.values()["aiponge/database-url"].version, pending(staging)
    assert "--resume or --abort" in refused(staging, "database-url")
    assert staging.rotate("database-url", abort=True) == Exit.DONE
    assert staging.values()["aiponge/database-url"].version == current
    version = pending(staging)
    assert staging.rotate("database-url", resume=True) == Exit.DONE
    assert staging.values()["aiponge/database-url"].version == version
    assert "there is nothing to undo" in refused(staging, "database-url", Exit.BAD_INPUT, abort=True)


def _forms(text: str) -> set[str]:
    raw = text.encode()
    return {
        text,
        raw.hex(),
        base64.b64encode(raw).decode(),
        urllib.parse.quote(text, safe=""),
        repr(text)[1:-1],
    }


@pytest.mark.attack(12)
def test_shows_no_value_whatever_happens(staging: StackFolder) -> None:
    seen: list[str] = []
    values = [value.text for value in staging.values().values()]
    out = io.StringIO()

    def attempt(name: str, how: How, *, as_json: bool = False) -> None:
        with redirect_stdout(out), redirect_stderr(out):
            try:
                rotate(staging.context(as_json=as_json), name, how)
            except Stop as stop:
                seen.extend([str(stop), repr(stop), repr(stop.__context__), repr(stop.__cause__)])

    attempt("redis-url", How(write=True), as_json=True)
    attempt("database-url", How(write=True))
    attempt("jwt-secret", How(write=True))
    refreshed(staging, "jwt-secret")
    attempt("jwt-secret", How(write=True, accept_outage=True))
    for as_json in (False, True):
        attempt("jwt-secret", How(accept_outage=True), as_json=as_json)
    values += [value.text for value in staging.values().values()]
    for name in (ENTRY_RING, HMAC_RING, JWT_RING):
        for key in staging.ring(name).keys:
            values += [base64.b64encode(key.secret).decode(), key.secret.hex(), repr(key.secret)]
    values += [urllib.parse.urlsplit(value).password or "" for value in values if "://" in value]
    shown = out.getvalue() + "\n".join(seen)
    assert '"secret": "redis-url"' in shown
    assert "--accept-outage" in shown
    assert "jwt-secret: generation" in shown, "a ring's rotation was told of"
    for value in filter(None, values):
        for form in _forms(value):
            assert form not in shown
