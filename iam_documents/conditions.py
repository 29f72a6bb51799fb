"""Evaluates the conditions of a statement for a request; raises an error for an operator it does not know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network

from iam_documents.matching import arn_like, like
from iam_documents.read import Condition
from iam_documents.request import Request


class NotEvaluated(LookupError):
    """A document uses a feature that this evaluator does not support."""


def holds(condition: Condition, request: Request) -> bool:
    """Whether the request satisfies the condition."""
    quantifier, _, name = condition.operator.rpartition(":")
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise NotEvaluated(f"condition operator {condition.operator}")
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    given = request.keys().get(condition.key.lower())
    if name == "Null":
        return (given is None) is (condition.values == ("true",))
    if name not in _OPERATORS:
        raise NotEvaluated(f"condition operator {condition.operator}")
    compare, negated = _OPERATORS[name]
    if given is None:
        return optional or quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")

    def matches(value: str) -> bool:
        patterns = (filled(pattern, request) for pattern in condition.values)
        hit = any(compare(pattern, value) for pattern in patterns if pattern is not None)
        return hit is not negated

    return all(map(matches, given)) if quantifier != "ForAnyValue" else any(map(matches, given))


def filled(pattern: str, request: Request) -> str | None:
    """The pattern with its policy variables replaced; None when one has no value: it then matches nothing."""
    keys = request.keys()
    for name in re.findall(r"\$\{([^}]+)\}", pattern):
        if name in ("*", "?", "$"):
            raise NotEvaluated(f"escaped wildcard in {pattern}")
        values = keys.get(name.lower(), ())
        if len(values) != 1:
            return None
        pattern = pattern.replace(f"${{{name}}}", values[0])
    return pattern


_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (lambda p, v: p == v, False),
    "StringNotEquals": (lambda p, v: p == v, True),
    "StringEqualsIgnoreCase": (lambda p, v: p.lower() == v.lower(), False),
    "StringNotEqualsIgnoreCase": (lambda p, v: p.lower() == v.lower(), True),
    "StringLike": (like, False),
    "StringNotLike": (like, True),
    "ArnEquals": (arn_like, False),
    "ArnLike": (arn_like, False),
    "ArnNotEquals": (arn_like, True),
    "ArnNotLike": (arn_like, True),
    "Bool": (lambda p, v: p.lower() == v.lower(), False),
    "IpAddress": (lambda p, v: ip_address(v) in ip_network(p), False),
    "NotIpAddress": (lambda p, v: ip_address(v) in ip_network(p), True),
    "NumericEquals": (lambda p, v: float(p) == float(v), False),
    "NumericLessThan": (lambda p, v: float(v) < float(p), False),
    "NumericLessThanEquals": (lambda p, v: float(v) <= float(p), False),
    "NumericGreaterThan": (lambda p, v: float(v) > float(p), False),
    "NumericGreaterThanEquals": (lambda p, v: float(v) >= float(p), False),
    "DateLessThan": (lambda p, v: datetime.fromisoformat(v) < datetime.fromisoformat(p), False),
}
"""By operator: the comparison of a pattern with a value, and whether the operator is its negation."""
