"""``ops destroy`` on the Pulumi engine: an empty account, or a refusal before anything is deleted."""

from __future__ import annotations

import pytest

from ops.core.exits import Exit, Stop
from ops.destroy.destroy import How, destroy
from tests.engine.both import Both
from tests.ops.destroy.in_sandbox import context_of


@pytest.mark.parametrize("both", ["prod", "cinematch-production"], indirect=True, scope="session")
def test_a_production_stack_is_refused_before_anything_is_deleted(running: Both) -> None:
    before = sorted(running.pulumi.deployed())
    with pytest.raises(Stop, match="a production stack is not destroyed") as stop:
        destroy(context_of(running.pulumi), How(write=True))
    assert stop.value.code == Exit.REFUSED
    assert sorted(running.pulumi.deployed()) == before
    assert [step for step in running.pulumi.refresh().steps if step.op != "same"] == []
