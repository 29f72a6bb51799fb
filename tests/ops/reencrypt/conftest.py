"""An empty diary table for each test, on the PostgreSQL server of the session."""

from __future__ import annotations

import pytest

from tests.ops.reencrypt.rows import Diary, new_diary
from tests.postgres import Postgres


@pytest.fixture
def diary(postgres: Postgres) -> Diary:
    return new_diary(postgres)
