"""Tests that the roles which run Pulumi may make every call of the provider for every shipped stack."""

from __future__ import annotations

import pytest

from tests.program import STACKS
from tests.roles import tables
from tests.roles.documents import plan_role, update_role
from tests.roles.needs import unmet
from tests.roles.stacks import PARTS, declared_by, key_policies, preview_needs, settings_of, update_needs

ALL = (*STACKS, PARTS)


def test_every_declared_type_has_its_calls() -> None:
    declared = {one.type for stack in ALL for one in declared_by(stack).resources}
    declared = {one.removeprefix("aws:") for one in declared if one.startswith("aws:")}
    assert declared - set(tables.provider_calls()) == set()


def test_every_action_of_the_provider_exists() -> None:
    named = {
        action
        for handlers in tables.provider_calls().values()
        for actions in handlers.values()
        for action in actions
    }
    assert {one for one in named if not tables.exists(one)} == set()


def test_every_type_is_created_and_read_by_a_call() -> None:
    # A Lambda invocation is a call and nothing that could be read.
    kinds = {type_: set(handlers) for type_, handlers in tables.provider_calls().items()}
    lacking = {type_ for type_, handlers in kinds.items() if not {"create", "read"} <= handlers}
    assert lacking == {"lambda/invocation:Invocation"}


@pytest.mark.parametrize("stack", ALL)
def test_the_update_role_may_create_read_update_and_delete_every_resource(stack: str) -> None:
    role = update_role(settings_of(stack), key_policies(stack))
    assert unmet(update_needs(stack), role.allows) == []


@pytest.mark.parametrize("stack", ALL)
def test_the_plan_role_may_read_every_resource(stack: str) -> None:
    role = plan_role(settings_of(stack), key_policies(stack))
    assert unmet(preview_needs(stack), role.allows) == []


@pytest.mark.parametrize("stack", ALL)
def test_the_plan_role_may_not_change_one_of_them(stack: str) -> None:
    role = plan_role(settings_of(stack), key_policies(stack))
    reads = {(one.action, one.resource) for one in preview_needs(stack)}
    changes = {one for one in update_needs(stack) if (one.action, one.resource) not in reads}
    allowed = {one.action for one in changes if role.allows(one.action, one.resource, dict(one.context))}
    readers = ("Describe", "Get", "List")
    assert {one for one in allowed if not one.split(":")[1].startswith(readers)} == set()
