"""The one running stack that all verification tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.live import Live, bring_up


# Not for the whole session: as long as one world is open, the emulation forgets no other.
@pytest.fixture(scope="package")
def live() -> Iterator[Live]:
    yield from bring_up()
