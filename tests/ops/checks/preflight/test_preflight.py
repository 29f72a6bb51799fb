"""Tests of ``ops preflight`` as a whole: an account in which everything fits, and an emulated one."""

from __future__ import annotations

import pytest

from ops.checks.preflight import PREFLIGHT
from ops.checks.verify import run
from ops.core.aws_state import AwsState
from sandbox import Sandbox
from tests.accounts import own_account
from tests.ops.checks.preflight.account import Account, problems
from tests.ops.live import declared
from tests.program import STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_an_account_in_which_everything_fits_has_no_problem(stack: str) -> None:
    assert problems(Account(declared(stack))) == []


@pytest.mark.parametrize("stack", ["prod", "cinematch-production"])
def test_an_empty_account_answers_every_check(stack: str) -> None:
    with Sandbox(stack, config=own_account(stack)) as sandbox:
        report = run(AwsState(declared(stack, sandbox.account), sandbox.session), PREFLIGHT)
    assert [str(one) for one in report.findings if "cannot be checked" in one.problem] == []
    # moto offers no instance class with a recent PostgreSQL; the hosted zone is not the sandbox's to create.
    missing = {"preflight-database-zones", "preflight-certificate"}
    assert {one.check for one in report.findings} == missing
