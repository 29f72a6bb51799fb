"""The one running stack that all verification tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.live import Live, bring_up


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    yield from bring_up()
