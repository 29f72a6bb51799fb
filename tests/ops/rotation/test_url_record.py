"""The operation record of what is done with the database's URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from ops.core.exits import Exit
from ops.core.secret_stores import CURRENT
from ops.rotation import repoint
from ops.rotation.function import staged
from tests.ops.rotation.small_stack import (
    DATABASE_URL,
    Killed,
    SmallStack,
    database_url,
    ends_at,
    every_boundary,
    refusal,
)


def current(stack: SmallStack) -> str:
    return staged(stack.context(), DATABASE_URL)[CURRENT]


ROTATION = [
    "record written",
    "rotation: begun",
    "rotation started",
    "rotation: done",
    "readers: begun",
    "readers: done",
    "before the record is closed",
    "record kept",
]
REPOINTING = [
    "record written",
    "address: begun",
    "address put",
    "address: done",
    "readers: begun",
    "readers: done",
    "before the record is closed",
    "record kept",
]


def repointed(stack: SmallStack, boundary: Any = lambda _: None, **how: bool) -> Exit:
    return repoint.repoint(stack.context(boundary=boundary), "database-url", **{"write": True, **how})


def test_the_kills_are_at_every_boundary(database: SmallStack) -> None:
    assert every_boundary(lambda boundary: repointed(database, boundary)) == REPOINTING


@pytest.mark.parametrize("boundary", ROTATION)
def test_killed_at_any_boundary_a_rotation_is_resumed_and_made_once(
    database: SmallStack, boundary: str
) -> None:
    before, restarts = current(database), dict(database.started)
    with pytest.raises(Killed):
        database.rotate("database-url", at=boundary)
    assert "rotate database-url is under way" in refusal(
        Exit.REFUSED, lambda: database.rotate("database-url")
    )
    assert database.rotate("database-url", resume=True) == Exit.DONE
    versions = database.client("secretsmanager").describe_secret(SecretId=DATABASE_URL)["VersionIdsToStages"]
    assert len(versions) == 2
    assert current(database) != before
    for reader in database.secret("database-url").readers:
        assert database.started[reader] > restarts[reader]
    assert database.open() is None


def test_resume_of_what_never_began_is_refused(database: SmallStack) -> None:
    assert "nothing to resume" in refusal(Exit.REFUSED, lambda: database.rotate("database-url", resume=True))
    assert "nothing to resume" in refusal(Exit.REFUSED, lambda: repointed(database, resume=True))


def test_a_rotation_that_never_began_is_taken_back(database: SmallStack) -> None:
    before = current(database)
    with pytest.raises(Killed):
        database.rotate("database-url", at="record written")
    assert database.rotate("database-url", abort=True) == Exit.DONE
    assert current(database) == before
    assert database.open() is None


@pytest.mark.parametrize("boundary", REPOINTING)
def test_killed_at_any_boundary_a_repointing_restarts_the_readers(
    database: SmallStack, boundary: str
) -> None:
    restarts = dict(database.started)
    with pytest.raises(Killed):
        repointed(database, ends_at(boundary, Killed))
    assert "repoint database-url is under way" in refusal(Exit.REFUSED, lambda: repointed(database))
    assert repointed(database, resume=True) == Exit.DONE
    assert urlsplit(database.value("database-url")).hostname == "new.example"
    for reader in database.secret("database-url").readers:
        assert database.started[reader] > restarts[reader]


def test_where_the_address_is_right_readers_from_before_it_are_restarted(database: SmallStack) -> None:
    restarts = dict(database.started)
    database.client("secretsmanager").put_secret_value(
        SecretId=DATABASE_URL,
        SecretString=database_url("first", "new.example"),
        ClientRequestToken=str(uuid4()),
    )
    assert repointed(database) == Exit.DONE
    for reader in database.secret("database-url").readers:
        assert database.started[reader] > restarts[reader]
