"""Answers the questions that rules ask of a resource policy: is it public, foreign, for any account.

Rules ask these functions and decide nothing about principals, conditions and wildcards themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from rules.lib.iam import conditions, principals
from rules.lib.iam.documents import Statement, allows, statements
from rules.lib.iam.patterns import PROBE, matches, split


def is_public(one: Statement) -> bool:
    """Whether a statement allows principals of every account, and no condition keeps them out."""
    return (
        one.allows
        and principals.everyone(one)
        and not conditions.keep_out(one.conditions, conditions.STRANGER)
    )


def public(document: Any) -> bool:
    """Whether a document allows principals of every account, and no condition keeps them out."""
    return any(map(is_public, allows(document)))


def names_everyone(document: Any) -> bool:
    """Whether a document allows principals of every account, whatever its conditions."""
    return any(map(principals.everyone, allows(document)))


def is_whole_account(one: Statement) -> bool:
    """Whether a statement trusts an account as a whole, and no condition keeps a part of it out."""
    whole = principals.everyone(one) or bool(principals.whole_accounts(one))
    return whole and not conditions.keep_out(one.conditions, conditions.MEMBER)


def is_foreign(one: Statement, own: Collection[str]) -> bool:
    """Whether a statement allows principals of another account that no condition bounds."""
    named = principals.accounts(one)
    if principals.everyone(one):
        named |= conditions.caller_accounts(one.conditions)
    foreign = bool(named - set(own)) and not conditions.keep_out(one.conditions, conditions.MEMBER)
    return is_public(one) or foreign


def is_for_any_account(one: Statement, spared: Collection[str] = ()) -> bool:
    """Whether a statement allows an AWS service, except those ``spared``, to act for any account."""
    return bool(principals.services(one) - set(spared)) and not conditions.keep_out(
        one.conditions, conditions.SERVICE
    )


def source_is_bounded(arn: str) -> bool:
    """Whether the ARN of a source keeps out the resources of other accounts."""
    return arn != "" and not conditions.ARN((arn,))


def denies_plain_http(document: Any, actions: Sequence[str]) -> bool:
    """Whether a resource policy denies these actions to everyone, on each object, when sent without TLS."""
    denials = [one for one in statements(document) if not one.allows and _is_about_plain_http(one)]
    return all(any(one.covers(action) for one in denials) for action in actions)


def _is_about_plain_http(one: Statement) -> bool:
    return (
        principals.everyone_without_exception(one)
        and not one.all_resources_but
        and any(map(_takes_in_objects, one.resources))
        and bool(one.conditions)
        and all(
            key == "aws:securetransport" and "not" not in operator and "false" in found
            for operator, key, found in one.conditions
        )
    )


def _takes_in_objects(resource: str) -> bool:
    """Whether a pattern is of each object of a bucket, or of a resource that has none."""
    arn = split(resource)
    if arn is None or arn.service != "s3":
        return True
    _, slash, key = arn.resource.partition("/")
    return matches(key, PROBE) if slash else arn.resource.endswith("*")
