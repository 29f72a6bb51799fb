"""Evaluates requests of the roles that run Pulumi against the documents that ``ops bootstrap`` makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from iam_documents import Document, Request, may, may_use_key
from ops.bootstrap import documents
from settings import Settings
from settings.names import Names

STATE_KEY = "key/of-the-state"


@dataclass(frozen=True)
class Role:
    """One role with its identity policy and its boundary."""

    names: Names
    name: str
    rights: Document
    boundary: Document
    key_policies: Mapping[str, Document] = field(default_factory=dict)
    """Key policies by ARN."""

    def allows(self, action: str, resource: str, context: dict[str, Any] | None = None) -> bool:
        """Whether the request is allowed in the stack's region."""
        asked = {"aws:RequestedRegion": self.names.region, **(context or {})}
        request = Request(action, resource, self.names.role_arn(self.name), asked)
        if action.startswith("kms:") and resource in self.key_policies:
            policy = self.key_policies[resource]
            return may_use_key(request, [self.rights], policy, boundary=self.boundary)
        return may(request, [self.rights], boundary=self.boundary)


def state_key_arn(names: Names) -> str:
    """The ARN of the state's key in these tests."""
    return f"arn:aws:kms:{names.region}:{names.account_id}:{STATE_KEY}"


def _same(document: Document) -> Document:
    return document


def update_role(
    settings: Settings,
    key_policies: Mapping[str, Document] | None = None,
    change: Callable[[Document], Document] = _same,
) -> Role:
    """The role that updates; ``change`` mutates its document."""
    names = settings.names
    rights = documents.up_rights(names, names.state_bucket, settings.copy_region)
    return _role(settings, names.update_role, change(rights), key_policies)


def plan_role(
    settings: Settings,
    key_policies: Mapping[str, Document] | None = None,
    change: Callable[[Document], Document] = _same,
) -> Role:
    """The role that previews; ``change`` mutates its document."""
    names = settings.names
    rights = documents.plan_rights(names, names.state_bucket, state_key_arn(names))
    return _role(settings, names.plan_role, change(rights), key_policies)


def _role(
    settings: Settings, name: str, rights: Document, key_policies: Mapping[str, Document] | None
) -> Role:
    names = settings.names
    users = [names.role_arn(names.update_role), names.role_arn(names.plan_role)]
    policies = {state_key_arn(names): documents.state_key(names, [users[0]], users), **(key_policies or {})}
    boundary = documents.boundary(names, names.state_bucket, settings.copy_region)
    return Role(names, name, rights, boundary, policies)
