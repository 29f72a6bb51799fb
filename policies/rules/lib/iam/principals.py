"""Reads the principals of a statement: everyone, patterns of ARNs, whole accounts, other accounts."""

from __future__ import annotations

from rules.lib.iam.documents import Statement
from rules.lib.iam.patterns import WILDCARDS, has_wildcard, split

_ACCOUNT_DIGITS = 12


def is_everyone(name: str) -> bool:
    """Whether a principal is everyone, or a pattern that matches principals of every account."""
    if not name.strip(WILDCARDS):
        return bool(name)
    arn = split(name)
    return has_wildcard(name) if arn is None else has_wildcard(arn.account)


def everyone(one: Statement) -> bool:
    """Whether a statement is about principals of every account: ``*``, a pattern, or all but some."""
    return one.all_principals_but or any(is_everyone(name) for _, name in one.principals)


def everyone_without_exception(one: Statement) -> bool:
    """Whether a statement is about each principal, so that a Deny of it spares nobody."""
    return any(kind in ("*", "AWS") and not name.strip(WILDCARDS) for kind, name in one.principals)


def account_of(name: str) -> str:
    """The account of a principal that is an account id or an ARN; empty for any other."""
    if name.isdigit() and len(name) == _ACCOUNT_DIGITS:
        return name
    arn = split(name)
    return arn.account if arn is not None else ""


def whole_accounts(one: Statement) -> set[str]:
    """The accounts that a statement names as a whole: by id, by root, or with a pattern of names."""
    return {
        account_of(name) for kind, name in one.principals if kind in ("*", "AWS") and _is_whole_account(name)
    }


def accounts(one: Statement) -> set[str]:
    """The accounts of the principals that a statement names."""
    named = {name for kind, name in one.principals if kind in ("*", "AWS") and not is_everyone(name)}
    return set(map(account_of, named)) - {""}


def services(one: Statement) -> set[str]:
    """The AWS services that a statement names."""
    return {name for kind, name in one.principals if kind == "Service"}


def has_pattern(one: Statement) -> bool:
    """Whether a principal is a pattern other than a lone ``*``."""
    return any(has_wildcard(name) and name.strip(WILDCARDS) for _, name in one.principals)


def _is_whole_account(name: str) -> bool:
    arn = split(name)
    if arn is None or is_everyone(name):
        return arn is None and account_of(name) != ""
    return arn.resource == "root" or has_wildcard(arn.resource)
