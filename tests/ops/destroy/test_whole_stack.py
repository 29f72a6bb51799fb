"""A whole stack is deleted: all of it, or nothing where it is a production stack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ops.core.exits import Exit, Stop
from ops.destroy.destroy import How, destroy
from sandbox import Sandbox
from tests.accounts import own_account
from tests.ops.destroy.in_sandbox import context_of, left_in


@contextmanager
def up(stack: str) -> Iterator[Sandbox]:
    with Sandbox(stack, config=own_account(stack)) as sandbox:
        made = sandbox.up(policies=False)
        assert made.exit_code == 0, made.error
        yield sandbox


def test_a_staging_stack_leaves_nothing_that_costs_anything() -> None:
    with up("cinematch-staging") as sandbox:
        assert destroy(context_of(sandbox), How(write=True)) == Exit.DONE
        assert sandbox.deployed() == {}
        assert left_in(sandbox) == {}


def test_a_production_stack_is_refused_before_anything_is_deleted() -> None:
    with up("cinematch-production") as sandbox:
        before = dict(sandbox.deployed())
        with pytest.raises(Stop) as stop:
            destroy(context_of(sandbox), How(write=True))
        assert stop.value.code == Exit.REFUSED
        for reason in ("production stack is not destroyed", "database cinematch-rds", "load balancer"):
            assert reason in str(stop.value)
        assert sandbox.deployed() == before
        assert sandbox.refresh().counts.keys() == {"same"}
