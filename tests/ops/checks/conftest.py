"""The fixture of the running stack that all verification tests use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.live import Live, bring_up


# Not of the session: while a sandbox is open, moto resets no account.
@pytest.fixture(scope="package")
def live() -> Iterator[Live]:
    yield from bring_up()
