"""The Pulumi CLI that ``make engine`` finds or builds, and the stacks that it shares with all tests here."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ops.checks.verify import verify
from sandbox import Result
from sandbox import moto as emulator
from sandbox.automation import binary
from sandbox.config import BadInput
from tests.engine.both import Both, opened
from tests.program import STACKS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the CLI skip these tests; fail in CI."""
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


@pytest.fixture(scope="session", params=STACKS)
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    """A shipped stack on both engines; pytest runs all tests of one stack before those of the next."""
    with opened(request.param) as sandboxes:
        yield sandboxes


@pytest.fixture(scope="session")
def planned(both: Both) -> Result:
    """The first preview."""
    return both.preview()


@pytest.fixture(scope="session")
def created(both: Both, planned: Result) -> Result:
    """The first update."""
    assert planned.exit_code == 0, planned.error
    return both.up(verify=verify)


@pytest.fixture
def running(both: Both, created: Result) -> Both:
    """The stack after its first update, and after the tests that ran before."""
    assert created.exit_code == 0, created.error
    return both
