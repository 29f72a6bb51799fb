"""An update of the Pulumi engine that failed, was interrupted or left a lock is completed by the next one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend

from sandbox import Result, Sandbox
from sandbox.automation import PulumiSandbox
from sandbox.engine.model import Resource
from tests.accounts import own_account
from tests.engine.both import resources
from tests.engine.processes import engine_processes

AFTER = 40
"""Created resources, after which the engine is interrupted."""


@pytest.fixture(scope="module", params=["staging", "cinematch-staging"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[PulumiSandbox]:
    with PulumiSandbox(request.param, config=own_account(request.param)) as opened:
        yield opened


@pytest.fixture(scope="module")
def created(sandbox: PulumiSandbox) -> set[str]:
    """URNs of what the updates of these tests created; a new set for each stack."""
    return set()


def note(created: set[str], result: Result) -> None:
    """No resource is created twice."""
    new = {step.urn for step in result.steps if step.op == "create"}
    assert new & created == set()
    created |= new


@contextmanager
def no_capacity() -> Iterator[None]:
    """RDS has no capacity for an instance of the class."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise RDSClientError("InsufficientDBInstanceCapacity", "no capacity for this instance class")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RDSBackend, "create_db_instance", refuse)
        yield


class Interruption:
    """Sends the engine what Ctrl-C sends, and keeps the lock that it holds on the state."""

    def __init__(self, sandbox: PulumiSandbox) -> None:
        self._locks = sandbox.workspace.folder / "state" / ".pulumi" / "locks"
        self._left, self.lock, self.text = AFTER, Path(), ""

    def watch(self, op: str, resource: Resource) -> None:
        """Called for every step."""
        self._left -= op == "create"
        if self._left == 0 and not self.text:
            (self.lock,) = self._locks.rglob("*.json")
            self.text = self.lock.read_text()
            (engine,) = engine_processes(os.getpid())
            os.kill(engine, signal.SIGINT)


@pytest.fixture(scope="module")
def failed(sandbox: PulumiSandbox, created: set[str]) -> Result:
    with no_capacity():
        result = sandbox.up()
    note(created, result)
    return result


@pytest.fixture(scope="module")
def interruption(sandbox: PulumiSandbox, failed: Result, created: set[str]) -> Interruption:
    made = Interruption(sandbox)
    result = sandbox.up(watch=made.watch)
    assert result.exit_code == 1
    note(created, result)
    return made


@pytest.fixture(scope="module")
def completed(sandbox: PulumiSandbox, interruption: Interruption, created: set[str]) -> Result:
    result = sandbox.up()
    note(created, result)
    return result


def test_a_failed_call_ends_the_update_with_the_answer_of_aws(failed: Result, created: set[str]) -> None:
    assert failed.exit_code == 1
    assert "InsufficientDBInstanceCapacity" in failed.error
    assert created
    assert not [urn for urn in created if "rds/instance:Instance" in urn]


def test_an_interrupted_update_stops_before_the_end(interruption: Interruption, created: set[str]) -> None:
    assert interruption.text
    assert not [urn for urn in created if urn.endswith("DeployContract::contract")]


def test_a_lock_that_was_left_is_removed_by_pulumi_cancel(
    sandbox: PulumiSandbox, interruption: Interruption
) -> None:
    interruption.lock.write_text(interruption.text)
    refused = sandbox.up(policies=False)
    assert refused.exit_code == 1
    assert "pulumi cancel" in refused.error
    sandbox.pulumi.cancel()
    assert not interruption.lock.exists()


def test_the_next_update_creates_the_rest(
    sandbox: PulumiSandbox, completed: Result, created: set[str]
) -> None:
    assert completed.exit_code == 0, completed.error
    assert set(completed.counts) == {"create", "same"}
    with Sandbox(sandbox.stack, config=own_account(sandbox.stack)) as in_process:
        assert resources(completed) == resources(in_process.preview())
    # The engine reports a component when its outputs are registered, and the updates before ended earlier:
    # what they created of components is known from this update alone, which finds them the same.
    components = {one.urn for one in completed.resources if not one.custom}
    found = {step.urn for step in completed.steps if step.op == "same"}
    assert created | (components & found) == {one.urn for one in completed.resources}


def test_nothing_is_left_to_do(sandbox: PulumiSandbox, completed: Result) -> None:
    assert sandbox.preview().counts == {"same": len(completed.resources)}
