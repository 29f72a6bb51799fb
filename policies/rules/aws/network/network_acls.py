"""Network ACLs: no administration port open to the Internet, each associated with a subnet."""

from __future__ import annotations

from collections.abc import Iterable

from rules.lib.network.network_acls import opens
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
        if opens(one, lambda permission: permission.covers(port)):
            yield f"port {port} is open to the Internet"

    return resource_rule(
        f"nacl-no-public-{port}",
        M,
        _ACLS,
        f"No network ACL allows the Internet to reach port {port}.",
        "allow the VPC's own addresses only",
        finds=finds,
    )


def _every_port(one: Resource, _: Configuration) -> Iterable[str]:
    if opens(one, lambda permission: permission.every_port):
        yield ""


RULES = [
    *(_no_public(port) for port in (20, 21, 22, 3389)),
    resource_rule(
        "nacl-no-all-ports",
        A,
        _ACLS,
        "No network ACL allows the Internet to reach every port.",
        "name the ports or the addresses",
        finds=_every_port,
    ),
    stack_rule(
        "nacl-attached",
        A,
        NETWORK_ACL,
        "Every network ACL is associated with a subnet.",
        "set subnet_ids, or remove the network ACL",
        holds=lambda acl, stack: (
            is_set(acl.props, "subnetIds")
            or bool(stack.referrers(acl, NETWORK_ACL_ASSOCIATION, "networkAclId"))
        ),
    ),
]
