"""Secrets Manager: customer managed keys, rotation, resource policies and descriptions."""

from __future__ import annotations

import re
from typing import Any

from rules.lib.iam import access, documents, principals
from rules.lib.resource_types import SECRET, SECRET_POLICY, SECRET_ROTATION
from rules.pack.graph import Stack
from rules.pack.properties import Props, is_description, is_set, number, own_key, part, text
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

OWNER_TAG, AGE_TAG = "strongroom:owner", "strongroom:rotate-every-days"
MAX_ROTATION_DAYS = 90
_DAYS = {"day": 1.0, "days": 1.0, "hour": 1 / 24, "hours": 1 / 24}
_RATE = re.compile(r"rate\((\d+) (days?|hours?)\)")
# Minutes, hours, day of month, MONTH, day of week, year: a month of * or */1 to */3 is often enough.
_CRON = re.compile(r"cron\(\S+ \S+ \S+ (?:\*|\*/[123]) \S+ \S+\)")


def _often(rotation: Props) -> bool:
    rules = part(rotation, "rotationRules")
    schedule = text(rules, "scheduleExpression")
    if rate := _RATE.fullmatch(schedule):
        return int(rate[1]) * _DAYS[rate[2]] <= MAX_ROTATION_DAYS
    if schedule:
        return bool(_CRON.fullmatch(schedule))
    return 0 < number(rules, "automaticallyAfterDays") <= MAX_ROTATION_DAYS


def _is_rotated(secret: Resource, stack: Stack) -> bool:
    """Whether it has a rotation, or tags that name an owner and a maximum age for rotation by generation."""
    tags = {**part(secret.props, "tags"), **part(secret.props, "tagsAll")}
    return bool(stack.referrers(secret, SECRET_ROTATION, "secretId")) or (
        OWNER_TAG in tags and AGE_TAG in tags
    )


def policies(secret: Resource, stack: Stack) -> list[Any]:
    """The resource policies of a secret."""
    own = [secret.props.get("policy")] if is_set(secret.props, "policy") else []
    return own + [one.props.get("policy") for one in stack.referrers(secret, SECRET_POLICY, "secretArn")]


def _restrictive(secret: Resource, stack: Stack) -> bool:
    return any(
        not one.allows and principals.everyone(one) and one.conditions
        for document in policies(secret, stack)
        for one in documents.statements(document)
    )


RULES = [
    resource_rule(
        "secret-cmk",
        P,
        SECRET,
        "A secret is encrypted with a customer managed key.",
        "set kms_key_id to a customer managed key",
        holds=lambda secret: own_key(secret, "kmsKeyId"),
        requirements=("A6",),
    ),
    stack_rule(
        "secret-rotation",
        P,
        SECRET,
        "Every secret has a rotation, or an owner who rotates it.",
        f"add a SecretRotation, or the tags {OWNER_TAG} and {AGE_TAG}",
        holds=_is_rotated,
        requirements=("A9",),
    ),
    resource_rule(
        "secret-rotation-90d",
        M,
        SECRET_ROTATION,
        f"A secret is rotated at least every {MAX_ROTATION_DAYS} days.",
        f"set automatically_after_days to {MAX_ROTATION_DAYS} or less",
        holds=_often,
    ),
    resource_rule(
        "secret-policy-not-public",
        M,
        (SECRET, SECRET_POLICY),
        "The resource policy of a secret is not public.",
        "name the roles that may read it",
        holds=lambda secret: not access.names_everyone(secret.get("policy")),
    ),
    stack_rule(
        "secret-policy-restrictive",
        A,
        SECRET,
        "The resource policy of a secret denies access to all principals except named roles.",
        "add a SecretPolicy with a Deny for all principals except the readers",
        holds=_restrictive,
        requirements=("A3",),
    ),
    resource_rule(
        "secret-description",
        A,
        SECRET,
        "A secret has a description.",
        "set description",
        holds=lambda secret: is_description(text(secret, "description")),
    ),
]
