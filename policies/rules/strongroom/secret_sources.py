"""Secret values come from a generator or an operator, and have one owner."""

from __future__ import annotations

from rules.lib import secret_properties
from rules.lib.resource_types import (
    RANDOM_BYTES,
    RANDOM_ID,
    RANDOM_PASSWORD,
    RANDOM_STRING,
    RDS_INSTANCE,
    SECRET,
    SECRET_ROTATION,
    SECRET_VERSION,
    SSM_PARAMETER,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set, on, text
from rules.pack.rule import M, Resource, stack_rule

_LEAKING = (RANDOM_BYTES, RANDOM_STRING, RANDOM_ID)


def _sourced(one: Resource, stack: Stack) -> bool:
    if one.type == RDS_INSTANCE:
        managed = on(one.props, "manageMasterUserPassword") or is_set(one.props, "passwordWo")
        return managed or not is_set(one.props, "password") or _generated(one, "password", stack)
    if one.type == SSM_PARAMETER:
        supplied = text(one.props, "name") in stack.config.supplied_secrets
        return not secret_properties.keys(one) or supplied or _generated(one, "value", stack)
    names = {text(secret.props, "name") for secret in stack.refers(one, "secretId", SECRET)}
    return bool(names & set(stack.config.supplied_secrets)) or _generated(one, "secretString", stack)


def _generated(one: Resource, key: str, stack: Stack) -> bool:
    return bool(stack.refers(one, key, RANDOM_PASSWORD))


def _safe(one: Resource, stack: Stack) -> bool:
    return one.type != RANDOM_BYTES and not any(
        user.type in secret_properties.BY_TYPE for user in stack.users(one)
    )


def _one_owner(version: Resource, stack: Stack) -> bool:
    return not any(
        stack.referrers(secret, SECRET_ROTATION, "secretId")
        or text(secret.props, "name") in stack.config.rotated_secrets
        for secret in stack.refers(version, "secretId", SECRET)
    )


RULES = [
    stack_rule(
        "own-secret-no-literal",
        M,
        (RDS_INSTANCE, SECRET_VERSION, SSM_PARAMETER),
        "A secret value comes from a generator or an operator, never from the source.",
        "use manage_master_user_password, a RandomPassword, or declare it as supplied",
        holds=_sourced,
    ),
    stack_rule(
        "own-secret-leaking-random",
        M,
        _LEAKING,
        "No secret is made by a random resource whose id is its value, in clear in every state file (T20).",
        "use RandomPassword (A5)",
        holds=_safe,
    ),
    stack_rule(
        "own-secret-one-owner",
        M,
        SECRET_VERSION,
        "Pulumi puts no version on a secret that a rotation owns (T13).",
        "remove the SecretVersion",
        holds=_one_owner,
    ),
]
