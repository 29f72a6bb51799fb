"""A temporary PostgreSQL server for the tests of a session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sandbox.postgresql import INSTALL, find, run
from sandbox.postgresql import Server as Postgres

__all__ = ["Postgres", "postgres"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests of the session."""
    installation = find()
    if installation is None:
        # In CI a skipped test would look like a passed one.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(INSTALL)
    with run(installation) as server:
        yield server
