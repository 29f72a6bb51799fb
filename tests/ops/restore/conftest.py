"""A stack whose database has backups."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.restore.restorable import Restorable, restorable


@pytest.fixture(scope="module")
def _account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restorable]:
    with restorable(tmp_path_factory.mktemp("restore")) as made:
        yield made


@pytest.fixture
def db(_account: Restorable) -> Restorable:
    _account.reset()
    return _account
