"""The Pulumi CLI that ``make engine`` finds or builds, and the stacks that it shares with all tests here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from ops.checks.verify import verify
from sandbox import Result
from sandbox import moto as emulator
from sandbox.automation import binary
from sandbox.config import BadInput
from tests.engine import figures
from tests.engine.both import Both, opened
from tests.program import STACKS

FIGURES: dict[str, dict[str, Any]] = {}
"""Stack to step to what it did and how long it took."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--stack NAME`` (repeatable): only the tests of these stacks; other tests run as well."""
    parser.addoption("--stack", action="append", choices=STACKS, help="run the tests of this stack only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the stacks out that are not asked for. Without the CLI skip the tests; in CI fail."""
    if asked := config.getoption("stack", None):
        unwanted = [item for item in items if stack_of(item) not in (None, *asked)]
        items[:] = [item for item in items if item not in unwanted]
        config.hook.pytest_deselected(items=unwanted)
    try:
        binary.find()
    except BadInput as error:
        if "CI" in os.environ and any(one.startswith("tests/engine") for one in config.args):
            raise pytest.UsageError(f"tests/engine: {error}") from None
        for item in items:
            if "tests/engine/" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason=str(error)))


def stack_of(item: pytest.Item) -> str | None:
    """The shipped stack that the test runs; None where it has none or brings its own."""
    parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    return parameters.get("both") or parameters.get("sandbox")


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
    return measured(both, "preview", both.preview())


@pytest.fixture(scope="session")
def created(both: Both, planned: Result) -> Result:
    """The first update."""
    assert planned.exit_code == 0, planned.error
    return measured(both, "up", both.up(verify=verify))


@pytest.fixture(scope="session")
def again(both: Both, created: Result) -> Result:
    """The second update."""
    assert created.exit_code == 0, created.error
    return measured(both, "again", both.up(verify=verify))


@pytest.fixture
def running(both: Both, again: Result) -> Both:
    """The stack after its second update, and after the tests that ran before."""
    assert again.exit_code == 0, again.error
    return both


def measured(both: Both, step: str, result: Result) -> Result:
    """Note the step for the page of the engine."""
    steps = FIGURES.setdefault(both.pulumi.stack, {})
    steps[step] = {"counts": result.counts, "seconds": both.seconds[-1]}
    return result


def pytest_sessionfinish(exitstatus: int) -> None:
    """After a run without failure, leave the figures for the page of the engine."""
    if exitstatus == 0:
        figures.leave(FIGURES)
