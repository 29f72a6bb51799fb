"""Operations, updates, kills and two operators in any order: keys and rows are never lost.

``make test`` draws the same few examples each time; ``STRONGROOM_MODEL_EXAMPLES=2000`` draws as many others.
"""

from __future__ import annotations

import os
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ops.core import atomic_write, context
from ops.rotation import steps
from tests.ops.model import machine
from tests.ops.model.machine import Operations
from tests.ops.model.stack_files import cached_read_stack_file

EXAMPLES, STEPS = 100, 6
MORE = os.environ.get("STRONGROOM_MODEL_EXAMPLES")
FEW = settings(max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate])
"""The same examples each time, and no search for a smaller one: a failure is found in seconds."""
PROFILE = settings(max_examples=int(MORE), print_blob=True) if MORE else FEW


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse each stack file and make each edit once, and do not wait for the disk."""
    monkeypatch.setattr(context, "read_stack_file", cached_read_stack_file)
    monkeypatch.setattr(atomic_write.os, "fsync", lambda _: None)
    for module in (steps, machine):
        monkeypatch.setattr(module, "with_number", cache(module.with_number))
        monkeypatch.setattr(module, "with_revoked", cache(module.with_revoked))


def test_no_key_or_row_is_lost_and_no_success_is_claimed_falsely() -> None:
    run_state_machine_as_test(
        Operations,
        settings=settings(
            PROFILE,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.filter_too_much,
            ],
            report_multiple_bugs=False,
        ),
    )
