"""The Pulumi CLI that ``make engine`` finds or builds; without it these tests are skipped, and fail in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sandbox import moto as emulator
from sandbox.automation import binary
from sandbox.config import BadInput


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    try:
        binary.find()
    except BadInput as error:
        if "CI" in os.environ:
            raise pytest.UsageError(f"tests/engine: {error}") from None
        for item in items:
            if "tests/engine/" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason=str(error)))


@pytest.fixture(scope="session", autouse=True)
def _one_emulated_aws() -> Iterator[None]:
    """Sandboxes of one process nest in this one: opening one costs little, and accounts keep them apart."""
    mock = emulator.start()
    yield
    mock.stop()
