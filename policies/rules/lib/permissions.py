"""Checks a permission document alone, so that component tests use the same functions as the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rules.lib import iam_actions as actions
from rules.lib import iam_documents as documents
from rules.lib.iam_documents import Statement

Check = Callable[[Sequence[Statement]], bool]
"""Whether the Allow statements of a document violate a rule."""
_FOLDER_DEPTH = 4
"""``parameter/<application>/<environment>/<folder>/*``; one level up are the environment's secrets."""
_SUFFIX = "-??????"
"""Matches the six characters that Secrets Manager appends to a name in an ARN."""


def _covers_any(one: Statement, wanted: Sequence[str]) -> bool:
    return any(one.covers(action) for action in wanted)


def _star_action(one: Statement) -> bool:
    return "*" in one.actions or bool(one.all_actions_but)


def _reads_too_much(one: Statement) -> bool:
    if one.unconstrained and _covers_any(one, actions.READ_DATA):
        return True
    return _covers_any(one, actions.READ_SECRETS) and not all(map(_exact, one.resources))


def _exact(arn: str) -> bool:
    """Whether an ARN names one secret, or the parameters of one folder below an environment."""
    place, _, name = arn.rpartition(":")
    if name.startswith("parameter/") and name.endswith("/*"):
        name = name.removesuffix("/*") if name.count("/") >= _FOLDER_DEPTH else name
    return not any(wild in place + name.removesuffix(_SUFFIX) for wild in "*?")


def _opens_any_key(one: Statement) -> bool:
    everywhere = one.anywhere or any(resource.endswith(":key/*") for resource in one.resources)
    return everywhere and _covers_any(one, actions.OPEN_WITH_KEYS) and not one.pins("kms:ResourceAliases")


def _passes_any_role(one: Statement) -> bool:
    named = not one.anywhere and not any(resource.endswith(("role/*", ":*")) for resource in one.resources)
    return one.covers("iam:PassRole") and not (named and one.pins("iam:PassedToService"))


def _escalates(granted: Sequence[Statement]) -> bool:
    if any(not one.conditions and _covers_any(one, actions.ESCALATE_ALONE) for one in granted):
        return True
    return any(_passes_any_role(one) for one in granted) and any(
        _covers_any(one, actions.ESCALATE_WITH_PASSED_ROLE) for one in granted
    )


def _each(check: Callable[[Statement], bool]) -> Check:
    return lambda granted: any(check(one) for one in granted)


CHECKS: dict[str, Check] = {
    "iam-no-admin-star": _each(lambda one: _star_action(one) and one.anywhere),
    "iam-no-star-action": _each(_star_action),
    "iam-no-service-star": _each(lambda one: any(action.endswith(":*") for action in one.actions)),
    "iam-no-star-resource": _each(
        lambda one: one.unconstrained and (not one.actions or any(map(actions.restrictable, one.actions)))
    ),
    "iam-no-privilege-escalation": _escalates,
    "iam-no-credentials-exposure": _each(
        lambda one: one.unconstrained and _covers_any(one, actions.GIVE_CREDENTIALS)
    ),
    "iam-no-data-exfiltration": _each(_reads_too_much),
    "iam-no-permissions-management": _each(
        lambda one: one.unconstrained and _covers_any(one, actions.MANAGE_PERMISSIONS)
    ),
    "iam-no-unconstrained-write": _each(
        lambda one: one.unconstrained and (not one.actions or any(map(actions.writes, one.actions)))
    ),
    "iam-no-iam-star": _each(lambda one: "iam:*" in one.actions and one.anywhere),
    "iam-no-s3-star": _each(lambda one: "s3:*" in one.actions and one.anywhere),
    "iam-kms-scoped": _each(_opens_any_key),
    "iam-passrole-scoped": _each(_passes_any_role),
}


def violations(document: Any) -> set[str]:
    """The names of the rules that a permission document (JSON or data) violates."""
    granted = documents.allows(document)
    return {slug for slug, check in CHECKS.items() if check(granted)}
