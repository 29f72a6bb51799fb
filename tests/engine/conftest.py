"""The Pulumi CLI that ``make engine`` finds or builds, and the stacks that it shares with all tests here."""

from __future__ import annotations

import importlib.metadata
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from docs import real_engine
from ops.checks.verify import verify
from sandbox import Result
from sandbox import moto as emulator
from sandbox.automation import binary
from sandbox.config import BadInput
from tests.engine.both import Both, opened
from tests.program import STACKS

FIGURES: dict[str, dict[str, Any]] = {}
"""Stack to step to what it did and how long it took."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the CLI skip these tests; fail in CI where they are asked for."""
    try:
        binary.find()
    except BadInput as error:
        if "CI" in os.environ and any(one.startswith("tests/engine") for one in config.args):
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
    """After a whole run without failure, write the figures that `make docs` puts into the page."""
    if (
        exitstatus == 0
        and sorted(FIGURES) == sorted(STACKS)
        and all(len(one) == 3 for one in FIGURES.values())
    ):
        packages = ("pulumi", "pulumi-aws", "pulumi-policy")
        versions = {"engine": binary.version_of(binary.find())}
        versions |= {name: importlib.metadata.version(name) for name in packages}
        figures = {
            "on": datetime.now(UTC).date().isoformat(),
            "cores": len(os.sched_getaffinity(0)),
            "load": round(os.getloadavg()[1], 1),
            "versions": versions,
            "stacks": dict(sorted(FIGURES.items())),
        }
        real_engine.FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
