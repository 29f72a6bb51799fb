"""Evaluates requests by AWS's logic: an explicit deny wins, and the default is an implicit deny."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from iam_documents.build import Document
from iam_documents.conditions import filled, holds
from iam_documents.matching import like
from iam_documents.read import Element, ParsedStatement, Principals, statements
from iam_documents.request import Request

Decision = Literal["allowed", "explicitDeny", "implicitDeny"]


def decide(documents: Iterable[Document], request: Request, *, names_principal: bool = False) -> Decision:
    """The result of a set of documents; set ``names_principal`` for resource-based policies."""
    return _decide((one for document in documents for one in statements(document)), request, names_principal)


def may(
    request: Request,
    identity: Iterable[Document],
    *,
    boundary: Document | None = None,
    resource: Document | None = None,
) -> bool:
    """Whether a principal of the resource's account is allowed, by the logic of most services."""
    bounds = "allowed" if boundary is None else decide([boundary], request)
    own = decide(identity, request)
    theirs = "implicitDeny" if resource is None else decide([resource], request, names_principal=True)
    if "explicitDeny" in (own, theirs, bounds):
        return False
    return bounds == "allowed" and (
        own == "allowed" or (resource is not None and _by_name(resource, request))
    )


def may_use_key(
    request: Request, identity: Iterable[Document], key_policy: Document, *, boundary: Document | None = None
) -> bool:
    """Whether KMS allows a principal of the key's account; the key policy must allow it in any case."""
    bounds = "allowed" if boundary is None else decide([boundary], request)
    own, theirs = decide(identity, request), decide([key_policy], request, names_principal=True)
    if "explicitDeny" in (own, theirs, bounds) or theirs != "allowed" or bounds != "allowed":
        return False
    return own == "allowed" or _by_name(key_policy, request)


def _decide(rules: Iterable[ParsedStatement], request: Request, names_principal: bool) -> Decision:
    decision: Decision = "implicitDeny"
    for statement in rules:
        if not _applies(statement, request, names_principal):
            continue
        if statement.effect == "Deny":
            return "explicitDeny"
        decision = "allowed"
    return decision


def _by_name(policy: Document, request: Request) -> bool:
    """Whether a resource-based policy allows the principal without an identity-based policy."""
    direct = (one for one in statements(policy) if not _only_delegates(one, request.account))
    return _decide(direct, request, names_principal=True) == "allowed"


def _only_delegates(statement: ParsedStatement, account: str) -> bool:
    """Whether it allows the account, so that identity-based policies decide, instead of a named principal."""
    who = statement.principals
    if statement.effect != "Allow" or who.excepted or set(who.by_type) != {"AWS"}:
        return False
    return set(who.of("AWS")) <= {account, f"arn:aws:iam::{account}:root"}


def _applies(statement: ParsedStatement, request: Request, names_principal: bool) -> bool:
    if names_principal and _among(statement.principals, request) is statement.principals.excepted:
        return False
    return (
        _acts(statement.actions, request)
        and _concerns(statement.resources, request)
        and all(holds(condition, request) for condition in statement.conditions)
    )


def _acts(actions: Element | None, request: Request) -> bool:
    if actions is None:
        return False
    found = any(like(pattern, request.action, ignore_case=True) for pattern in actions.values)
    return found is not actions.excepted


def _concerns(resources: Element | None, request: Request) -> bool:
    # A trust document has no resource element: it applies to its role.
    if resources is None:
        return True
    patterns = (filled(pattern, request) for pattern in resources.values)
    found = any(like(pattern, request.resource) for pattern in patterns if pattern is not None)
    return found is not resources.excepted


def _among(principals: Principals, request: Request) -> bool:
    if principals.everybody:
        return True
    if request.is_service:
        return request.principal in principals.of("Service")
    account = request.account
    listed = {"*", request.principal, account, f"arn:aws:iam::{account}:root"}
    return any(one in listed for one in principals.of("AWS"))
