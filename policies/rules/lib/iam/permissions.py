"""Checks a permission document alone, so that component tests use the same functions as the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rules.lib.iam import actions, conditions, documents
from rules.lib.iam.documents import Statement
from rules.lib.iam.patterns import is_any_name

Check = Callable[[Sequence[Statement]], bool]
"""Whether the Allow statements of a document violate a rule."""
_PASS_ROLE = "iam:PassRole"
_FOLDER_DEPTH = 4
"""``parameter/<application>/<environment>/<folder>/*``; one level up are the environment's secrets."""
_SUFFIX = "-??????"
"""Matches the six characters that Secrets Manager appends to a name in an ARN."""


def _unconstrained(one: Statement) -> bool:
    """Whether it is about every resource, and no condition bounds it."""
    return one.anywhere and not conditions.bound_the_holder(one.conditions)


def _on_every(one: Statement, wanted: Sequence[str]) -> bool:
    """Whether it allows one of these actions on every resource that the action is about."""
    return any(one.covers(action) and _is_about_every(one, action) for action in wanted)


def _is_about_every(one: Statement, action: str) -> bool:
    service, names = actions.unlikely_names(action)
    return one.anywhere or any(is_any_name(pattern, service, *names) for pattern in one.resources)


def _freely_on_every(one: Statement, wanted: Sequence[str]) -> bool:
    return _on_every(one, wanted) and not conditions.bound_the_holder(one.conditions)


def _service_star(one: Statement) -> bool:
    named = {action.partition(":")[0] for action in one.actions}
    return one.every_action or any(map(one.covers_service, named))


def _reads_too_much(one: Statement) -> bool:
    if _freely_on_every(one, actions.READ_DATA):
        return True
    named = bool(one.resources) and all(map(_exact, one.resources))
    return one.covers_any(actions.READ_SECRETS) and not named


def _exact(arn: str) -> bool:
    """Whether an ARN names one secret, or the parameters of one folder below an environment."""
    place, _, name = arn.rpartition(":")
    if name.startswith("parameter/") and name.endswith("/*"):
        name = name.removesuffix("/*") if name.count("/") >= _FOLDER_DEPTH else name
    return not any(wild in place + name.removesuffix(_SUFFIX) for wild in "*?")


def _opens_any_key(one: Statement) -> bool:
    return _on_every(one, actions.OPEN_WITH_KEYS) and not conditions.pin(
        one.conditions, "kms:ResourceAliases"
    )


def _passes_any_role(one: Statement) -> bool:
    return one.covers(_PASS_ROLE) and not (
        not _is_about_every(one, _PASS_ROLE) and conditions.pin(one.conditions, "iam:PassedToService")
    )


def _escalates(granted: Sequence[Statement]) -> bool:
    if any(
        one.covers_any(actions.ESCALATE_ALONE) and not conditions.bound_the_holder(one.conditions)
        for one in granted
    ):
        return True
    return any(map(_passes_any_role, granted)) and any(
        one.covers_any(actions.ESCALATE_WITH_PASSED_ROLE) for one in granted
    )


def _takes_restrictable_actions(one: Statement) -> bool:
    return not one.actions or any(map(actions.restrictable, one.actions))


def _writes(one: Statement) -> bool:
    return not one.actions or any(map(actions.writes, one.actions))


def _each(check: Callable[[Statement], bool]) -> Check:
    return lambda granted: any(check(one) for one in granted)


CHECKS: dict[str, Check] = {
    "iam-no-admin-star": _each(lambda one: one.every_action and one.anywhere),
    "iam-no-star-action": _each(lambda one: one.every_action),
    "iam-no-service-star": _each(_service_star),
    "iam-no-star-resource": _each(lambda one: _unconstrained(one) and _takes_restrictable_actions(one)),
    "iam-no-privilege-escalation": _escalates,
    "iam-no-credentials-exposure": _each(lambda one: _freely_on_every(one, actions.GIVE_CREDENTIALS)),
    "iam-no-data-exfiltration": _each(_reads_too_much),
    "iam-no-permissions-management": _each(lambda one: _freely_on_every(one, actions.MANAGE_PERMISSIONS)),
    "iam-no-unconstrained-write": _each(lambda one: _unconstrained(one) and _writes(one)),
    "iam-no-iam-star": _each(lambda one: one.covers_service("iam") and one.anywhere),
    "iam-no-s3-star": _each(lambda one: one.covers_service("s3") and one.anywhere),
    "iam-kms-scoped": _each(_opens_any_key),
    "iam-passrole-scoped": _each(_passes_any_role),
}


def violations(document: Any) -> set[str]:
    """The names of the rules that a permission document (JSON or data) violates."""
    granted = documents.allows(document)
    return {slug for slug, check in CHECKS.items() if check(granted)}
