"""Tests of the operation records of the database URL."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ops.core.exits import Exit
from ops.core.secret_stores import CURRENT
from ops.rotation import repoint
from ops.rotation.function import staged
from tests.ops.rotation.small_stack import DATABASE_URL, Killed, SmallStack, database_url, refusal


def current(stack: SmallStack) -> str:
    return staged(stack.context(), DATABASE_URL)[CURRENT]


def repointed(stack: SmallStack, *, resume: bool = False) -> Exit:
    return repoint.repoint(stack.context(), "database-url", write=True, resume=resume)


@pytest.mark.finding(10)
def test_resume_of_what_never_began_is_refused(database: SmallStack) -> None:
    assert "nothing to resume" in refusal(Exit.REFUSED, lambda: database.rotate("database-url", resume=True))
    assert "nothing to resume" in refusal(Exit.REFUSED, lambda: repointed(database, resume=True))


@pytest.mark.finding(10)
def test_a_rotation_that_never_began_is_taken_back(database: SmallStack) -> None:
    before = current(database)
    with pytest.raises(Killed):
        database.rotate("database-url", at="record written")
    assert database.rotate("database-url", abort=True) == Exit.DONE
    assert current(database) == before
    assert database.open() is None


@pytest.mark.finding(10)
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
