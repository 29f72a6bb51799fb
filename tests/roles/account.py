"""Evaluates requests against every document that AWS evaluates: of role, resource and VPC endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from iam_documents import Document, Request, allow, decide, document, may, may_use_key
from settings.names import Names

Source = tuple[str, str]
"""The kind of a document and what it is attached to: ``("role", "x-rotate rotation-rotate-permission")``,
``("boundary", role)``, ``("trust", role)``, ``("policy", ARN of a resource)`` or ``("endpoint", "ecr.api")``.
"""
ANYTHING = document(allow("*", "*"))


@dataclass(frozen=True, order=True)
class Call:
    """One request to AWS, and whether it must be allowed."""

    who: str
    """The name of a role, with its path, or of a service of AWS."""
    action: str
    resource: str
    why: str
    context: tuple[tuple[str, str], ...] = ()
    endpoint: str = ""
    """The VPC endpoint's service that it passes, where the stack has that endpoint."""
    refused: bool = False
    any_identity: bool = False
    """Whether its identity-based policies allow everything, so that only the other documents decide."""

    @property
    def is_service(self) -> bool:
        """Whether a service of AWS makes it, without a role of the account."""
        return self.who.endswith(".amazonaws.com")


@dataclass(frozen=True)
class Account:
    """The documents of one stack and of ``ops bootstrap``, with the ARNs that they have in AWS."""

    names: Names
    documents: Mapping[Source, Document]

    def sources(self, call: Call) -> list[Source]:
        """The documents that decide about a call."""
        if call.action == "sts:AssumeRole" and call.is_service:
            return [("trust", call.resource.rpartition(":role/")[2])]
        found = [("policy", _policy_of(call.resource)), ("endpoint", call.endpoint), ("boundary", call.who)]
        if not call.any_identity:
            found += [one for one in self.documents if one[0] == "role" and one[1].split()[0] == call.who]
        return [one for one in found if one in self.documents]

    def allows(self, call: Call) -> bool:
        """AWS's decision."""
        by_kind: dict[str, list[Document]] = {
            kind: [] for kind in ("role", "policy", "trust", "endpoint", "boundary")
        }
        for source in self.sources(call):
            by_kind[source[0]].append(self.documents[source])
        request = self.request(call)
        if any(decide([one], request, names_principal=True) != "allowed" for one in by_kind["endpoint"]):
            return False
        resource = next(iter(by_kind["policy"] + by_kind["trust"]), None)
        if call.is_service:
            return resource is None or decide([resource], request, names_principal=True) == "allowed"
        identity = [ANYTHING] if call.any_identity else by_kind["role"]
        boundary = next(iter(by_kind["boundary"]), None)
        if resource is not None and call.action.startswith("kms:"):
            return may_use_key(request, identity, resource, boundary=boundary)
        return may(request, identity, boundary=boundary, resource=resource)

    def holds(self, call: Call) -> bool:
        """Whether the decision is the one that the call must get."""
        return self.allows(call) is not call.refused

    def with_document(self, source: Source, changed: Document) -> Account:
        """The account with one document changed."""
        return replace(self, documents={**self.documents, source: changed})

    def request(self, call: Call) -> Request:
        """The request with what AWS adds to each."""
        names = self.names
        parts = call.resource.split(":")
        owner = parts[4] if len(parts) > 4 and parts[4] else names.account_id
        if call.resource.startswith("arn:aws:s3:::") and not parts[-1].startswith(names.prefix):
            owner = "aws"
        sent = {
            "aws:RequestedRegion": names.region,
            "aws:SecureTransport": "true",
            "aws:ResourceAccount": owner,
            **dict(call.context),
        }
        principal = call.who if call.is_service else names.role_arn(call.who)
        return Request(call.action, call.resource, principal, sent)


def _policy_of(resource: str) -> str:
    """The ARN of what a resource-based policy is attached to: of an object, its bucket."""
    return resource.split("/")[0] if resource.startswith("arn:aws:s3:::") else resource
