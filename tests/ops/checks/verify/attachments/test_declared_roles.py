"""Tests that verification knows every role of a stack: it reads no other."""

from __future__ import annotations

import pytest

from ops.checks.verify.attachments.declared_roles import GITHUB, declared_role, matches
from tests.harness import Deployment, Registered
from tests.program import STACKS, shipped
from tests.roles.stacks import settings_of

ROLES = [(stack, role.name) for stack in STACKS for role in shipped(stack).all("aws:iam/role:Role")]


def of(stack: str, resource: str) -> tuple[Deployment, Registered]:
    deployment = shipped(stack)
    return deployment, deployment.named(resource, "aws:iam/role:Role")


@pytest.mark.parametrize(("stack", "resource"), ROLES)
def test_a_role_of_the_program_is_known_with_the_service_that_it_trusts(stack: str, resource: str) -> None:
    _, role = of(stack, resource)
    declared = declared_role(settings_of(stack).names, role["name"])
    assert declared is not None, role["name"]
    (statement,) = role.document("assumeRolePolicy")["Statement"]
    assert declared.trusts == statement["Principal"].get("Service", GITHUB)


@pytest.mark.parametrize("stack", STACKS)
def test_a_role_has_its_policies_under_the_names_that_are_known(stack: str) -> None:
    names, unknown = settings_of(stack).names, []
    for policy in shipped(stack).all("aws:iam/rolePolicy:RolePolicy"):
        declared = declared_role(names, policy["role"])
        given = policy.inputs.get("name") or f"{policy.name}-0123456"
        if declared is None or not matches(given, declared.inline):
            unknown.append((policy["role"], given))
    assert unknown == []
