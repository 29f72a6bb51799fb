"""Decides what the conditions of a statement bound: who the caller is, and where it calls from.

A condition bounds a caller when the caller cannot choose its key, its operator requires the key to have one
of the values, and no value is a pattern that a caller of another account could match. Everything else (a
negated operator, ``...IfExists`` or ``ForAllValues`` alone, ``aws:SecureTransport``, a date, address blocks
that add up to the Internet) bounds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rules.lib.iam.patterns import PROBE, WILDCARDS, has_wildcard, matches, split
from rules.lib.network.addresses import is_internet

Condition = tuple[str, str, tuple[str, ...]]
"""Operator and key, both in lower case, and values."""
Loose = Callable[[Sequence[str]], bool]
"""Whether the values of a key leave it open to a caller of another account."""


def _any(loose: Callable[[str], bool]) -> Loose:
    return lambda values: any(map(loose, values))


def _arn(value: str) -> bool:
    arn = split(value)
    if arn is None:
        return has_wildcard(value)
    # A bucket's ARN names no account, so its name must be bounded.
    return has_wildcard(arn.account) if arn.account else matches(arn.resource, PROBE)


def _arn_in_account(value: str) -> bool:
    arn = split(value)
    return has_wildcard(value) if arn is None else matches(arn.resource, f"role/{PROBE}")


IDENTIFIER = _any(has_wildcard)
BEFORE_SLASH = _any(lambda value: has_wildcard(value.partition("/")[0]))
BEFORE_COLON = _any(lambda value: has_wildcard(value.partition(":")[0]))
ARN, ARN_IN_ACCOUNT = _any(_arn), _any(_arn_in_account)
TEXT = _any(lambda value: not value.strip(WILDCARDS))
TRUE = _any(lambda value: value.lower() != "true")


def ADDRESSES(values: Sequence[str]) -> bool:
    """Whether address blocks are the Internet together."""
    return is_internet(*values)


_PLACES: dict[str, Loose] = {
    "aws:sourceip": ADDRESSES,
    "aws:sourcevpc": IDENTIFIER,
    "aws:sourcevpce": IDENTIFIER,
    "aws:sourcevpcarn": ARN,
    "aws:ec2instancesourcevpc": IDENTIFIER,
}
_SOURCES: dict[str, Loose] = {
    "aws:sourceaccount": IDENTIFIER,
    "aws:sourcearn": ARN,
    "aws:sourceowner": IDENTIFIER,
    "aws:sourceorgid": IDENTIFIER,
    "aws:sourceorgpaths": BEFORE_SLASH,
}
_ORGANIZATION: dict[str, Loose] = {
    "aws:principalorgid": IDENTIFIER,
    "aws:principalorgpaths": BEFORE_SLASH,
    "aws:vpceorgid": IDENTIFIER,
    "aws:vpceorgpaths": BEFORE_SLASH,
}
STRANGER: Mapping[str, Loose] = {
    **_PLACES,
    **_SOURCES,
    **_ORGANIZATION,
    "aws:principalaccount": IDENTIFIER,
    "aws:principalarn": ARN,
    "aws:principalisawsservice": TRUE,
    "aws:principalservicename": TEXT,
    "aws:federatedprovider": ARN,
    "aws:userid": BEFORE_COLON,
    "aws:vpceaccount": IDENTIFIER,
    "elasticfilesystem:accessedviamounttarget": TRUE,
    "kms:calleraccount": IDENTIFIER,
    "lambda:eventsourcetoken": TEXT,
    "s3:dataaccesspointaccount": IDENTIFIER,
    "s3:dataaccesspointarn": ARN,
    "sns:endpoint": TEXT,
}
"""The keys that keep out a caller of another account, calling from anywhere."""
_OF_AN_ACCOUNT = ("aws:principalaccount", "aws:principalarn", "kms:calleraccount")
"""The keys that name the account of the caller."""
MEMBER: Mapping[str, Loose] = {
    **{key: loose for key, loose in STRANGER.items() if key not in _OF_AN_ACCOUNT},
    "aws:calledvia": TEXT,
    "aws:multifactorauthage": TEXT,
    "aws:multifactorauthpresent": TRUE,
    "aws:principalarn": ARN_IN_ACCOUNT,
    "aws:principaltag/": TEXT,
    "aws:sourceidentity": TEXT,
    "aws:username": TEXT,
    "aws:viaawsservice": TRUE,
    "sts:externalid": TEXT,
}
"""The keys that keep out some principals of an account that is trusted as a whole."""
SERVICE: Mapping[str, Loose] = _SOURCES
"""The keys that keep out an AWS service that acts for another account."""
_BOUND_NOTHING = frozenset(
    (
        *("aws:currenttime", "aws:epochtime", "aws:principalaccount", "aws:principalorgid"),
        *("aws:principaltype", "aws:referer", "aws:securetransport", "aws:tokenissuetime", "aws:useragent"),
    )
)
"""The keys that bound nothing in the policy of a principal: it chooses them, or always has the value."""
_HOLDER = {"aws:sourceip": ADDRESSES, "aws:multifactorauthpresent": TRUE}


def keep_out(conditions: Iterable[Condition], keys: Mapping[str, Loose]) -> bool:
    """Whether conditions on ``keys`` keep out the callers that the keys are about."""
    return any(
        not loose(values)
        for key, values in required(conditions)
        if (loose := keys.get(key) or keys.get(f"{key.partition('/')[0]}/")) is not None
    )


def bound_the_holder(conditions: Iterable[Condition]) -> bool:
    """Whether conditions bound what the holder of a permission may do, or from where."""
    return any(
        not _HOLDER.get(key, TEXT)(values)
        for key, values in required(conditions)
        if key not in _BOUND_NOTHING
    )


def caller_accounts(conditions: Iterable[Condition]) -> set[str]:
    """The accounts that conditions name as those of the caller, by number or by ARN."""
    named = values(conditions, *_OF_AN_ACCOUNT)
    return {arn.account if (arn := split(value)) is not None else value for value in named} - {""}


def values(conditions: Iterable[Condition], *keys: str) -> tuple[str, ...]:
    """The values of which one of ``keys`` must have one."""
    wanted = {key.lower() for key in keys}
    return tuple(value for key, found in required(conditions) if key in wanted for value in found)


def pin(conditions: Iterable[Condition], *keys: str) -> bool:
    """Whether a condition requires one of ``keys`` to have a value that is not only a wildcard."""
    wanted = {key.lower() for key in keys}
    return any(not TEXT(found) for key, found in required(conditions) if key in wanted)


def required(conditions: Iterable[Condition]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys that must be present with one of the values."""
    conditions = tuple(conditions)
    present = {key for operator, key, found in conditions if _demands_presence(operator, found)}
    for operator, key, found in conditions:
        if _affirms(operator) and (not _passes_when_absent(operator) or key in present):
            yield key, found


def _affirms(operator: str) -> bool:
    return "not" not in operator and _base(operator) != "null"


def _passes_when_absent(operator: str) -> bool:
    return operator.endswith("ifexists") or operator.startswith("forallvalues:")


def _demands_presence(operator: str, found: Sequence[str]) -> bool:
    if _base(operator) == "null":
        return bool(found) and all(value.lower() == "false" for value in found)
    return _affirms(operator) and not _passes_when_absent(operator)


def _base(operator: str) -> str:
    return operator.rpartition(":")[2].removesuffix("ifexists")
