"""An account whose stack is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ops.destroy.small_engine import Account, filled_account


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Account]:
    with filled_account(tmp_path) as made:
        yield made
