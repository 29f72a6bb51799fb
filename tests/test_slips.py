"""Each named slip of a component author is refused at preview, or fails the test that guards against it."""

from __future__ import annotations

import pytest

from tests.slips import SLIPS, Slip, fails, preview, slipped

REFUSED = [slip for slip in SLIPS if slip.policies]
GUARDED = [slip for slip in SLIPS if not slip.policies]


@pytest.mark.parametrize("slip", REFUSED, ids=lambda slip: slip.name)
def test_a_slip_is_refused_at_preview(slip: Slip) -> None:
    with slipped(slip) as root:
        exit_code, policies = preview(root)
    assert exit_code == 1
    assert slip.policies <= policies


@pytest.mark.parametrize("slip", GUARDED, ids=lambda slip: slip.name)
def test_a_slip_that_no_policy_sees_fails_its_test(slip: Slip) -> None:
    with slipped(slip) as root:
        assert fails(root, slip.test)
