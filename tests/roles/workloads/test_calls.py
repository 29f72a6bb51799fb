"""Tests that every role of a stack may make the calls that its service, agent or code makes."""

from __future__ import annotations

import pytest

from tests.program import STACKS
from tests.roles import tables
from tests.roles.stack_account import EXEC, account_of, deployment_of
from tests.roles.workloads.calls import workload_calls
from tests.roles.workloads.facts import workloads

ALL = (*STACKS, EXEC)


@pytest.mark.parametrize("stack", ALL)
def test_each_role_may_make_its_calls(stack: str) -> None:
    account = account_of(stack)
    refused = {one for one in workload_calls(stack) if not account.allows(one)}
    assert {f"{one.who}: {one.action} on {one.resource}; see {one.why}" for one in refused} == set()


@pytest.mark.parametrize("stack", ALL)
def test_every_role_that_a_stack_declares_has_its_calls(stack: str) -> None:
    declared = {one["name"] for one in deployment_of(stack).all("aws:iam/role:Role")}
    by_pipeline = {one for one in declared if one.endswith("-deploy")}  # test_deploy_role.py
    assert declared - by_pipeline == {one.role for one in workloads(stack)}


def test_every_action_of_the_table_exists() -> None:
    assert {row[1] for row in tables.rows("workloads/calls.tsv") if not tables.exists(row[1])} == set()
