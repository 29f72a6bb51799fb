from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import moto as emulator


@pytest.fixture(scope="session", autouse=True)
def _one_emulated_aws() -> Iterator[None]:
    """A sandbox that stays open, so that others open quickly; accounts keep them apart."""
    mock = emulator.start()
    yield
    mock.stop()
