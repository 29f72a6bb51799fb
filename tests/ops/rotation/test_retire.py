"""Tests of retiring a generation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.core.exits import Exit, Stop
from ops.core.updater import Update
from ops.reencrypt.retire import APART
from ops.rotation import retire as module
from ops.rotation.remaining_copies import Backup
from ops.rotation.retire import How, retire
from settings.store_state import Retirement, retirement, retirement_parameter
from tests.ops.rotation.test_rotate import ENTRY_RING, HMAC_RING, declared, refreshed, statuses
from tests.ops.stack_folder import StackFolder

NOW = datetime.now(UTC)


@dataclass
class Rows:
    """The stack's database: (started, finished, old, poison, encrypted, undeclared), newest first."""

    history: list[Any]
    stack: str = "staging"
    asked: str = ""

    def __call__(self) -> Any:
        return self

    def execute(self, query: str, *_: Any) -> Any:
        self.asked = query
        return self

    def fetchall(self) -> list[Any]:
        return self.history if "reencrypt_verification" in self.asked else []

    def fetchone(self) -> Any:
        marker = "aiponge", self.stack, "staging", "333344445555"
        return marker if "FROM strongroom.database_marker" in self.asked else (True,)

    def close(self) -> None:
        pass


def verified(ago: timedelta, old: int = 0, undeclared: int = 0, encrypted: int = 9) -> tuple[Any, ...]:
    return (NOW - ago, NOW - ago, old, 0, encrypted, undeclared)


CLEAN = [verified(timedelta(0)), verified(2 * APART)]


@pytest.fixture
def rotated(staging: StackFolder) -> StackFolder:
    for key in ("entry-encryption-key", "internal-service-secret"):
        if declared(staging, key)["generation"] == 1:
            staging.rotate(key)
        refreshed(staging, key)
    return staging


def refusal(home: StackFolder, name: str, how: How, code: Exit = Exit.REFUSED) -> str:
    before, rings = home.file.read_text(), home.values()
    with pytest.raises(Stop) as stop:
        retire(home.context(), name, how)
    assert stop.value.code == code
    assert (home.file.read_text(), home.values()) == (before, rings)
    return str(stop.value)


@pytest.mark.attack(25)
@pytest.mark.parametrize(
    ("history", "says"),
    [
        ([], "missing or found old rows"),
        ([verified(timedelta(0), old=1), *CLEAN], "missing or found old rows"),
        ([verified(timedelta(0), undeclared=1), *CLEAN], "undeclared columns"),
        ([verified(timedelta(0), encrypted=0), *CLEAN], "no value at all"),
        ([verified(timedelta(0)), verified(APART / 2)], "at least 15 minutes apart"),
    ],
)
def test_only_when_two_verifications_found_no_row_under_it(
    rotated: StackFolder, history: list[Any], says: str
) -> None:
    how = How(write=True, connect=Rows(history), without_backups=True)
    assert says in refusal(rotated, "entry-encryption-key", how)


@pytest.mark.attack(25)
def test_only_when_no_backup_needs_it(rotated: StackFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [Backup("snapshot one", NOW - timedelta(days=3))]
    monkeypatch.setattr(module, "backups", lambda context: made)
    how = How(write=True, connect=Rows(CLEAN))
    assert "needs the old key when restored" in refusal(rotated, "entry-encryption-key", how)


@pytest.mark.attack(25, 45)
def test_only_when_every_reader_is_newer(rotated: StackFolder) -> None:
    ring = rotated.values()[ENTRY_RING].text
    rotated.client("secretsmanager").put_secret_value(SecretId=ENTRY_RING, SecretString=ring)
    how = How(write=True, connect=Rows(CLEAN), without_backups=True)
    assert "service aiponge-user" in refusal(rotated, "entry-encryption-key", how)


def test_only_with_the_database_given(rotated: StackFolder) -> None:
    assert "--database" in refusal(rotated, "entry-encryption-key", How(write=True), Exit.BAD_INPUT)


@pytest.mark.finding(5)
@pytest.mark.attack(25)
def test_only_in_the_database_of_the_stack(rotated: StackFolder) -> None:
    how = How(write=True, connect=Rows(CLEAN, stack="prod"), without_backups=True)
    assert "this database belongs to aiponge, stack prod" in refusal(rotated, "entry-encryption-key", how)


def test_of_what_signs_only_after_its_signatures_ran_out(rotated: StackFolder) -> None:
    said = refusal(rotated, "internal-service-secret", How(write=True, token_minutes=60))
    assert "tokens that the old key signed are valid until" in said
    assert "--token-minutes" in refusal_of_sessions(rotated)


def refusal_of_sessions(home: StackFolder) -> str:
    if declared(home, "jwt-secret")["generation"] == 1:
        home.rotate("jwt-secret")
    return refusal(home, "jwt-secret", How(write=True), Exit.BAD_INPUT)


@pytest.mark.accepts("A11")
def test_leaves_the_ring_when_nothing_speaks_against_it(rotated: StackFolder) -> None:
    assert retire(rotated.context(), "internal-service-secret", How(token_minutes=0)) == Exit.DONE
    assert proof(rotated, "internal-service-secret") is None
    before = statuses(rotated.ring(HMAC_RING))
    assert list(before.values()) == ["next", "current", "decrypt-only"]
    assert retire(rotated.context(), "internal-service-secret", How(write=True, token_minutes=0)) == Exit.DONE
    after = statuses(rotated.ring(HMAC_RING))
    assert after == {generation: state for generation, state in before.items() if state != "decrypt-only"}
    oldest = declared(rotated, "internal-service-secret")["minGeneration"]
    assert oldest == min(after)
    assert proof(rotated, "internal-service-secret") == Retirement(oldest)


def proof(home: StackFolder, key: str) -> Retirement | None:
    """The parameter that the program reads before it deletes a key."""
    name = retirement_parameter(home.context().settings.names, key)
    found = home.client("ssm").get_parameters(Names=[name])["Parameters"]
    assert not found or found[0]["Type"] == "String"
    return retirement(found[0]["Value"]) if found else None


def test_writes_no_proof_where_nothing_could_be_updated(rotated: StackFolder) -> None:
    def nowhere() -> Update:
        raise Stop(Exit.BAD_INPUT, "the Pulumi CLI is not on PATH")

    if declared(rotated, "internal-service-secret").get("minGeneration", 1) > 1:
        rotated.rotate("internal-service-secret")
        refreshed(rotated, "internal-service-secret")
    before = proof(rotated, "internal-service-secret")
    with pytest.raises(Stop, match="not on PATH"):
        retire(
            replace(rotated.context(), find_update=nowhere),
            "internal-service-secret",
            How(write=True, token_minutes=0),
        )
    assert proof(rotated, "internal-service-secret") == before
