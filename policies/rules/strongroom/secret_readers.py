"""Checks that each role may read exactly the secrets that its task definitions or functions reference."""

from __future__ import annotations

from collections.abc import Iterator

from rules.lib.resource_types import (
    FUNCTION,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SECRET_ROTATION,
    SSM_PARAMETER,
    TASK_DEFINITION,
)
from rules.pack.graph import Stack
from rules.pack.rule import M, Resource, stack_rule

_STORED = (SECRET, SSM_PARAMETER)
_ROLE_KEYS = ("executionRoleArn", "taskRoleArn")


def granted(role: Resource, stack: Stack) -> dict[str, Resource]:
    """The secrets and parameters that the policies of a role refer to, by URN."""
    return _named(stack, ((policy, "policy") for policy in stack.referrers(role, ROLE_POLICY, "role")))


def _named(stack: Stack, places: Iterator[tuple[Resource, str]]) -> dict[str, Resource]:
    return {one.urn: one for place, key in places for one in stack.refers(place, key, *_STORED)}


def _referenced(role: Resource, stack: Stack) -> dict[str, Resource]:
    """The secrets and parameters that the task definitions and functions with a role refer to, by URN."""
    found: dict[str, Resource] = {}
    for task in stack.referrers(role, TASK_DEFINITION, *_ROLE_KEYS):
        found |= _named(stack, iter([(task, "containerDefinitions")]))
    for function in stack.referrers(role, FUNCTION, "role"):
        found |= _named(stack, iter([(function, "environment")]))
        for rotation in stack.referrers(function, SECRET_ROTATION, "rotationLambdaArn"):
            found |= _named(stack, iter([(rotation, "secretId")]))
    return found


def _is_used(role: Resource, stack: Stack) -> bool:
    return bool(
        stack.referrers(role, TASK_DEFINITION, *_ROLE_KEYS) or stack.referrers(role, FUNCTION, "role")
    )


def _only_readers(role: Resource, stack: Stack) -> Iterator[str]:
    if _is_used(role, stack):
        excess = set(granted(role, stack)) - set(_referenced(role, stack))
        yield from (
            f"it may read {name}, which its tasks or functions do not use"
            for name in sorted(map(_name, excess))
        )


def _exact(task: Resource, stack: Stack) -> Iterator[str]:
    for role in stack.refers(task, "executionRoleArn", ROLE):
        wanted: dict[str, Resource] = {}
        for other in stack.referrers(role, TASK_DEFINITION, "executionRoleArn"):
            wanted |= _named(stack, iter([(other, "containerDefinitions")]))
        has = granted(role, stack)
        yield from (
            f"its execution role may not read {name}" for name in sorted(map(_name, set(wanted) - set(has)))
        )
        yield from (
            f"its execution role may also read {name}" for name in sorted(map(_name, set(has) - set(wanted)))
        )


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


RULES = [
    stack_rule(
        "own-secret-readers",
        M,
        ROLE,
        "A role may read only the secrets that its tasks or functions use.",
        "remove the secret from the role's policy, or add the reader under strongroom:secrets",
        finds=_only_readers,
        requirements=("A7",),
    ),
    stack_rule(
        "own-exec-role-scope",
        M,
        TASK_DEFINITION,
        "An execution role may read exactly the secrets that its tasks inject.",
        "derive the policy and the container's secrets from the same list of readers",
        finds=_exact,
        requirements=("A7",),
    ),
]
