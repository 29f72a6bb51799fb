"""Finds the roles that can use a bucket or queue, by evaluating the policies of every role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iam_documents import Document, Request, allow, document, may
from ops.checks.verify.registry import BY_PROGRAM, Problem
from ops.checks.verify.secrets.grants import administers, roles
from ops.core.aws_state import AwsState

EVERYTHING = document(allow("*", "*"))


@dataclass(frozen=True, kw_only=True)
class Use:
    """One call on a bucket or queue, and the roles that the stack file lets make it."""

    action: str
    resource: str
    declared: Sequence[str]
    what: str
    """What the call does, as a verb."""
    declared_as: str
    """Under which key the stack file names these roles."""


def wrong_users(aws: AwsState, subject: str, policy: Document, use: Use) -> Iterator[Problem]:
    """What is wrong with who can make the call: a role too many or too few, or an open policy."""
    tls = {"aws:SecureTransport": "true"}
    can = {
        role.name
        for role in roles(aws)
        if not administers(aws, role)
        and may(
            Request(use.action, use.resource, role.arn, tls),
            role.policies,
            boundary=role.boundary,
            resource=policy,
        )
    }
    for role in sorted(can - set(use.declared)):
        problem = f"role {role} can {use.what} and is not declared under {use.declared_as}"
        yield Problem(subject, problem, f"remove this permission, or declare it under {use.declared_as}")
    for role in sorted(set(use.declared) - can):
        problem = f"role {role} is declared under {use.declared_as} and cannot {use.what}"
        yield Problem(subject, problem, BY_PROGRAM)
    stranger = aws.names.role_arn("stranger-with-every-right")
    if may(Request(use.action, use.resource, stranger, tls), [EVERYTHING], resource=policy):
        problem = f"its policy does not deny {use.action} to undeclared roles"
        yield Problem(subject, problem, BY_PROGRAM)


def open_to_plain_http(subject: str, policy: Document, use: Use, administrator: str) -> Iterator[Problem]:
    """A finding where the policy lets an administrator make the call without TLS."""
    plain = Request(use.action, use.resource, administrator, {"aws:SecureTransport": "false"})
    if may(plain, [EVERYTHING], resource=policy):
        yield Problem(subject, "its policy accepts requests without TLS", BY_PROGRAM)


def any_administrator(aws: AwsState) -> str:
    """The ARN of a role that one of the patterns of administrators matches."""
    return aws.settings.administrators[0].replace("*", "x").replace("?", "x")
