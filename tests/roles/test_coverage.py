"""Tests that the documents of ``ops bootstrap`` hold nothing whose removal no test of this folder notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iam_documents import Document
from settings import Settings
from tests.program import STACKS
from tests.roles.commands import command_needs
from tests.roles.coverage import Coverage, coverage
from tests.roles.documents import Role, plan_role, update_role
from tests.roles.needs import Need, unmet
from tests.roles.stacks import PARTS, key_policies, preview_needs, settings_of, update_needs

Wanted = Callable[[str], set[Need]]
EVERY_TYPE = ("prod", "cinematch-production", PARTS)
"""Stacks that together have every resource type."""


def of_updates(stack: str) -> set[Need]:
    """What the update role is asked for by Pulumi and by the commands."""
    return set(update_needs(stack)) | command_needs(settings_of(stack))


def of_previews(stack: str) -> set[Need]:
    """What the plan role is asked for by Pulumi and by the commands."""
    return set(preview_needs(stack)) | command_needs(settings_of(stack), plan=True)


ROLES: list[tuple[Callable[[Settings], Role], Wanted]] = [
    (update_role, of_updates),
    (plan_role, of_previews),
]


def covered(make: Callable[[Settings], Role], wanted: Wanted) -> list[Coverage]:
    found = []
    for stack in EVERY_TYPE:
        role = make(settings_of(stack))
        found.append(coverage(role.names, role.name, role.rights, wanted(stack)))
    return found


@pytest.mark.parametrize(("make", "wanted"), ROLES)
def test_the_removal_of_a_statement_or_of_a_named_action_is_noticed(
    make: Callable[[Settings], Role], wanted: Wanted
) -> None:
    unnoticed = [set(one.undetected()) for one in covered(make, wanted)]
    assert set.intersection(*unnoticed) == set()


@pytest.mark.parametrize("sid", ["ManageRoles", "CreateMasterSecret", "ManageKeys"])
def test_a_removed_statement_leaves_needs_unmet(sid: str) -> None:
    stack = "prod"
    role = update_role(settings_of(stack), key_policies(stack), lambda rights: without(rights, sid))
    assert unmet(update_needs(stack), role.allows) != []


def without(rights: Document, sid: str) -> Document:
    """The document without one statement."""
    return {**rights, "Statement": [one for one in rights["Statement"] if one["Sid"] != sid]}


@pytest.mark.parametrize("stack", STACKS)
def test_the_roles_may_make_every_call_of_the_commands(stack: str) -> None:
    settings = settings_of(stack)
    policies = key_policies(stack)
    assert unmet(command_needs(settings), update_role(settings, policies).allows) == []
    assert unmet(command_needs(settings, plan=True), plan_role(settings, policies).allows) == []
