"""Decides IAM requests as AWS documents it: an explicit deny wins, and what is unknown is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any, Literal

from iam_documents.matching import arn_like, like

Verdict = Literal["allow", "deny", "silent"]
Document = Mapping[str, Any]
Values = str | Sequence[str]


class NotEvaluated(LookupError):
    """A document uses what this evaluator does not know; guessing would be worse than saying so."""


@dataclass(frozen=True)
class Request:
    """One call, as the policies see it."""

    action: str
    resource: str
    principal: str
    """The ARN of the role or user that calls, or the name of the AWS service."""
    context: Mapping[str, Values] = field(default_factory=dict)
    """Condition keys beyond the principal's own."""

    @property
    def is_service(self) -> bool:
        """Whether an AWS service calls by itself."""
        return not self.principal.startswith("arn:")

    @property
    def account(self) -> str:
        """The caller's account; a service has none."""
        return "" if self.is_service else self.principal.split(":")[4]

    def keys(self) -> dict[str, tuple[str, ...]]:
        """Every condition key in lower case, as IAM compares them."""
        own = {"aws:PrincipalArn": self.principal, "aws:PrincipalAccount": self.account}
        if self.is_service:
            own = {"aws:PrincipalServiceName": self.principal, "aws:PrincipalIsAWSService": "true"}
        return {
            name.lower(): (value,) if isinstance(value, str) else tuple(value)
            for name, value in {**own, **self.context}.items()
        }


def decide(documents: Iterable[Document], request: Request, *, names_principal: bool = False) -> Verdict:
    """What a set of documents says; ``names_principal`` for those that hang on a resource."""
    verdict: Verdict = "silent"
    for document in documents:
        for statement in _listed(document.get("Statement", ())):
            if not _applies(statement, request, names_principal):
                continue
            if statement["Effect"] == "Deny":
                return "deny"
            verdict = "allow"
    return verdict


def may(
    request: Request,
    identity: Iterable[Document],
    *,
    boundary: Document | None = None,
    resource: Document | None = None,
) -> bool:
    """Whether a principal of the resource's own account gets through, as most services decide."""
    bounds = "allow" if boundary is None else decide([boundary], request)
    own = decide(identity, request)
    theirs = "silent" if resource is None else decide([resource], request, names_principal=True)
    if "deny" in (own, theirs, bounds):
        return False
    return bounds == "allow" and (own == "allow" or (resource is not None and _by_name(resource, request)))


def may_use_key(
    request: Request, identity: Iterable[Document], key_policy: Document, *, boundary: Document | None = None
) -> bool:
    """Whether KMS lets a principal of the key's account through; the key's own policy has to, in any case."""
    bounds = "allow" if boundary is None else decide([boundary], request)
    own, theirs = decide(identity, request), decide([key_policy], request, names_principal=True)
    if "deny" in (own, theirs, bounds) or theirs != "allow" or bounds != "allow":
        return False
    return own == "allow" or _by_name(key_policy, request)


def _by_name(policy: Document, request: Request) -> bool:
    """Whether a resource's policy lets the principal in without its own policies' help."""
    direct = [
        statement
        for statement in _listed(policy.get("Statement", ()))
        if not _only_delegates(statement, request.account)
    ]
    return decide([{"Statement": direct}], request, names_principal=True) == "allow"


def _only_delegates(statement: Document, account: str) -> bool:
    """Whether it allows the account, whose own policies then decide, rather than somebody by name."""
    principal = statement.get("Principal")
    if statement["Effect"] != "Allow" or not isinstance(principal, Mapping):
        return False
    root = {account, f"arn:aws:iam::{account}:root"}
    return set(principal) == {"AWS"} and set(_listed(principal["AWS"])) <= root


def _applies(statement: Document, request: Request, names_principal: bool) -> bool:
    if names_principal and not _principal_matches(statement, request):
        return False
    return (
        _named(statement, "Action", "NotAction", request.action, ignore_case=True)
        and _named(statement, "Resource", "NotResource", request.resource, request=request)
        and all(
            _condition(operator, key, wanted, request)
            for operator, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
        )
    )


def _named(
    statement: Document,
    positive: str,
    negative: str,
    value: str,
    *,
    ignore_case: bool = False,
    request: Request | None = None,
) -> bool:
    # A trust document names no resource: then the statement is about its own.
    if positive not in statement and negative not in statement:
        return positive == "Resource"
    patterns = [
        _filled(pattern, request) if request else pattern
        for pattern in _listed(statement.get(positive, statement.get(negative)))
    ]
    found = any(like(pattern, value, ignore_case=ignore_case) for pattern in patterns if pattern is not None)
    return found is (positive in statement)


def _principal_matches(statement: Document, request: Request) -> bool:
    if "NotPrincipal" in statement:
        return not _among(statement["NotPrincipal"], request)
    return _among(statement.get("Principal"), request)


def _among(principal: Any, request: Request) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    if request.is_service:
        return request.principal in _listed(principal.get("Service", ()))
    account = request.account
    listed = {"*", request.principal, account, f"arn:aws:iam::{account}:root"}
    return any(one in listed for one in _listed(principal.get("AWS", ())))


def _condition(operator: str, key: str, wanted: Any, request: Request) -> bool:
    quantifier, _, name = operator.rpartition(":")
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise NotEvaluated(f"condition operator {operator}")
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    given = request.keys().get(key.lower())
    patterns = [_text(value) for value in _listed(wanted)]
    if name == "Null":
        return (given is None) is (patterns == ["true"])
    if name not in _OPERATORS:
        raise NotEvaluated(f"condition operator {operator}")
    compare, negated = _OPERATORS[name]
    if given is None:
        return optional or quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")

    def holds(value: str) -> bool:
        filled = (_filled(pattern, request) for pattern in patterns)
        hit = any(compare(pattern, value) for pattern in filled if pattern is not None)
        return hit is not negated

    return all(map(holds, given)) if quantifier != "ForAnyValue" else any(map(holds, given))


def _filled(pattern: str, request: Request) -> str | None:
    """Policy variables replaced; None when one of them has no value, which then matches nothing."""
    keys = request.keys()
    for name in re.findall(r"\$\{([^}]+)\}", pattern):
        if name in ("*", "?", "$"):
            raise NotEvaluated(f"escaped wildcard in {pattern}")
        values = keys.get(name.lower(), ())
        if len(values) != 1:
            return None
        pattern = pattern.replace(f"${{{name}}}", values[0])
    return pattern


_OPERATORS: dict[str, tuple[Any, bool]] = {
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
"""Comparison and whether the operator is its negation."""


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
