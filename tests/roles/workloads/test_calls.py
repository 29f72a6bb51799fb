"""Tests that every role of a stack may make the calls that its service, agent or code makes."""

from __future__ import annotations

import pytest

from tests.program import CONTAINER_STACKS, STACKS
from tests.roles import tables
from tests.roles.stack_account import EXEC, account_of, deployment_of, settings_for
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


@pytest.mark.parametrize("stack", CONTAINER_STACKS)
def test_a_tool_reads_its_keys_from_its_environment_and_its_task_role_may_do_nothing(stack: str) -> None:
    """`ops reencrypt` calls AWS only for a ring or a database that ``secret:`` names (see its cli.py)."""
    settings = settings_for(stack)
    assert settings.containers is not None
    for tool, given in settings.containers.tools.items():
        sources = [one for one in given.command if ":" in one]
        assert {one.partition(":")[0] for one in sources} == {"env"}
        roles = {name.split()[0] for kind, name in account_of(stack).documents if kind == "role"}
        assert settings.names.task_role(tool) not in roles
