"""Security group ingress: the Internet reaches declared load balancers on HTTP and HTTPS only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rules.lib.network.addresses import is_internet
from rules.lib.network.ingress_rules import GROUPS, OPENERS, IpPermission, ingress, known_as, listed
from rules.lib.resource_types import (
    INGRESS_RULE,
    LISTENER,
    LOAD_BALANCER,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    SECURITY_GROUP_RULE,
)
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import number, parts, word
from rules.pack.rule import A, M, Resource, ResourceRule, resource_rule, stack_rule

SSH, RDP, HTTP, HTTPS = 22, 3389, 80, 443
PUBLIC_PORTS = frozenset({HTTP, HTTPS})
# File transfer, shells, mail, Windows shares, databases, caches, search, brokers, containers, administration.
HIGH_RISK_PORTS = (
    *(20, 21, 23, 25, 110, 135, 143, 445, 1433, 1434, 1521, 2049, 2375, 2376, 2379, 2380, 3000, 3306, 4333),
    *(5000, 5432, 5500, 5601, 5672, 5984, 6379, 8080, 8088, 8888, 9092, 9200, 9300, 11211, 15672, 27017),
)


def _no_public(
    name: str, sentence: str, reaches: Callable[[IpPermission], Iterable[int | str]]
) -> ResourceRule:
    def finds(one: Resource, _: Configuration) -> Iterable[str]:
        for permission in ingress(one):
            if permission.public:
                yield from (f"{what} is open to the Internet" for what in reaches(permission))

    return resource_rule(
        name,
        M,
        OPENERS,
        sentence,
        "name the security group or the addresses that may connect",
        finds=finds,
        requirements=("B44",),
    )


def _one_port(port: int) -> Callable[[IpPermission], Iterable[str]]:
    return lambda permission: [f"port {port}"] if permission.covers(port) else []


def _high_risk(permission: IpPermission) -> list[str]:
    return (
        []
        if permission.every_port
        else [f"port {port}" for port in HIGH_RISK_PORTS if permission.covers(port)][:3]
    )


def _authorized(one: Resource, stack: Stack) -> bool:
    if one.type in (PREFIX_LIST, PREFIX_LIST_ENTRY):
        return not is_internet(*listed(one))
    public = [permission for permission in ingress(one) if permission.public]
    if not public:
        return True
    groups = [one] if one.type in GROUPS else stack.refers(one, "securityGroupId", *GROUPS)
    on_listed_ports = all(
        permission.first == permission.last and permission.first in PUBLIC_PORTS for permission in public
    )
    return (
        on_listed_ports
        and bool(groups)
        and all(known_as(group, stack.config.public_groups) for group in groups)
    )


def _redirected(one: Resource, stack: Stack) -> bool:
    """Whether HTTP from the Internet reaches only a load balancer that redirects it."""
    if not any(permission.public and permission.covers(HTTP) for permission in ingress(one)):
        return True
    groups = [one] if one.type in GROUPS else stack.refers(one, "securityGroupId", *GROUPS)
    doors = [
        balancer for group in groups for balancer in stack.referrers(group, LOAD_BALANCER, "securityGroups")
    ]
    return bool(doors) and all(
        word(action, "type") == "redirect"
        for door in doors
        for listener in stack.referrers(door, LISTENER, "loadBalancerArn")
        if number(listener.props, "port") == HTTP
        for action in parts(listener.props, "defaultActions")
    )


RULES = [
    _no_public("sg-no-public-ssh", "SSH is not open to the Internet.", _one_port(SSH)),
    _no_public("sg-no-public-rdp", "RDP is not open to the Internet.", _one_port(RDP)),
    _no_public(
        "sg-no-public-all-ports",
        "No security group is open to the Internet on every port.",
        lambda permission: ["every port"] if permission.every_port else [],
    ),
    _no_public(
        "sg-no-public-high-risk",
        "Ports of databases, caches, mail and administration are not open to the Internet.",
        _high_risk,
    ),
    stack_rule(
        "sg-only-authorized-public",
        M,
        (*GROUPS, SECURITY_GROUP_RULE, INGRESS_RULE, PREFIX_LIST, PREFIX_LIST_ENTRY),
        "The Internet reaches only listed security groups, on ports 80 and 443.",
        "allow a security group instead, or list this one under publicGroups in the pack's configuration",
        holds=_authorized,
    ),
    stack_rule(
        "sg-no-public-http",
        A,
        OPENERS,
        "HTTP from the Internet reaches only a load balancer that redirects it.",
        "open port 443 only, or redirect port 80 at the load balancer",
        holds=_redirected,
    ),
]
