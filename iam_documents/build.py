"""Builds IAM statements and documents as dicts; values may be Pulumi outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Statement = Mapping[str, Any]
"""One statement of a document, of dicts and lists only, so that a value may be a Pulumi output."""
Document = Mapping[str, Any]
"""A document with version and statements, in any of the forms that AWS accepts."""

VERSION = "2012-10-17"


def document(*statements: Statement) -> Document:
    """A document of these statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def allow(
    actions: str | Sequence[str],
    resources: Any = None,
    condition: Mapping[str, Any] | None = None,
    *,
    sid: str | None = None,
    principal: Any = None,
) -> Statement:
    """Allow ``actions`` on ``resources``; a trust document has none."""
    return _statement("Allow", sid, principal, {"Action": _listed(actions)}, resources, condition)


def deny(
    actions: str | Sequence[str] | None = None,
    resources: Any = None,
    condition: Mapping[str, Any] | None = None,
    *,
    not_actions: Sequence[str] = (),
    sid: str | None = None,
    principal: Any = None,
) -> Statement:
    """Deny ``actions``, or every action except ``not_actions``, on ``resources``."""
    denied = {"NotAction": list(not_actions)} if actions is None else {"Action": _listed(actions)}
    return _statement("Deny", sid, principal, denied, resources, condition)


def service_trust(service: str, condition: Mapping[str, Any] | None = None) -> Statement:
    """Let an AWS service assume the role."""
    return allow("sts:AssumeRole", condition=condition, principal={"Service": service})


def tls_only(actions: str, resources: Any, *, sid: str = "TlsOnly") -> Statement:
    """Deny requests without TLS to every principal, in the policy of a resource."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return deny(actions, resources, condition, sid=sid, principal="*")


def _statement(
    effect: Literal["Allow", "Deny"],
    sid: str | None,
    principal: Any,
    actions: Mapping[str, Any],
    resources: Any,
    condition: Mapping[str, Any] | None,
) -> Statement:
    statement: dict[str, Any] = {} if sid is None else {"Sid": sid}
    statement["Effect"] = effect
    if principal is not None:
        statement["Principal"] = principal
    statement |= actions
    if resources is not None:
        statement["Resource"] = _listed(resources)
    if condition:
        statement["Condition"] = dict(condition)
    return statement


def _listed(value: Any) -> Any:
    """A list in place of a tuple; anything else as it is."""
    return list(value) if isinstance(value, list | tuple) else value
