"""Network ACLs: none admits the world to administration ports, and each guards a subnet."""

from __future__ import annotations

from collections.abc import Iterable

from rules.lib.ingress_rules import acl_ingress
from rules.lib.resource_types import (
    DEFAULT_NETWORK_ACL,
    NETWORK_ACL,
    NETWORK_ACL_ASSOCIATION,
    NETWORK_ACL_RULE,
)
from rules.pack.config import Configuration
from rules.pack.properties import is_set
from rules.pack.rule import A, M, Resource, ResourceRule, resource_rule, stack_rule

_ACLS = (NETWORK_ACL, NETWORK_ACL_RULE, DEFAULT_NETWORK_ACL)


def _no_public(port: int) -> ResourceRule:
    def finds(one: Resource, _: Configuration) -> Iterable[str]:
        if any(permission.public and permission.covers(port) for permission in acl_ingress(one)):
            yield f"port {port} is open to the world"

    return resource_rule(
        f"nacl-no-public-{port}",
        M,
        _ACLS,
        f"No access list lets the world in to {port}.",
        "allow the VPC's own addresses",
        finds=finds,
    )


def _every_port(one: Resource, _: Configuration) -> Iterable[str]:
    if any(permission.public and permission.every_port for permission in acl_ingress(one)):
        yield ""


RULES = [
    *(_no_public(port) for port in (20, 21, 22, 3389)),
    resource_rule(
        "nacl-no-all-ports",
        A,
        _ACLS,
        "No access list lets the world in on every port.",
        "name the ports or the addresses",
        finds=_every_port,
    ),
    stack_rule(
        "nacl-attached",
        A,
        NETWORK_ACL,
        "Every access list guards a subnet.",
        "set subnet_ids or remove it",
        holds=lambda acl, stack: (
            is_set(acl.props, "subnetIds")
            or bool(stack.referrers(acl, NETWORK_ACL_ASSOCIATION, "networkAclId"))
        ),
    ),
]
