"""Parses inline and separate security group rules and prefix lists into one form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.lib.network.addresses import is_internet
from rules.lib.resource_types import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    PREFIX_LIST_ENTRY,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, known, number, parts, text, values, word
from rules.pack.rule import Resource

RULES_APART = (SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
GROUPS = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP)
OPENERS = (*GROUPS, *RULES_APART)
LAST_PORT = 65535
_WITH_PORTS = frozenset({"", "tcp", "6", "udp", "17", "sctp", "132"})
_EVERY_PROTOCOL = frozenset({"-1", "all"})
_EVERY_PORT = -1


@dataclass(frozen=True)
class IpPermission:
    """A range of ports that address blocks may reach."""

    first: int
    last: int
    cidrs: tuple[str, ...]
    description: str
    every_protocol: bool = False
    has_ports: bool = True

    @property
    def public(self) -> bool:
        """Whether the address blocks are the Internet, together or one of them."""
        return is_internet(*self.cidrs)

    @property
    def every_port(self) -> bool:
        """Whether it is open on every port."""
        return self.every_protocol or (self.has_ports and self.first <= 1 and self.last >= LAST_PORT)

    def covers(self, port: int) -> bool:
        """Whether ``port`` is in its range."""
        return self.every_protocol or (self.has_ports and self.first <= port <= self.last)


def known_as(group: Resource, names: Iterable[str]) -> bool:
    """Whether the resource or AWS name of a security group is one of ``names``, or ends in ``-<name>``."""
    own = (group.name, text(group.props, "name") if known(group.props, "name") else "")
    return any(f"-{said}".endswith(f"-{name}") for said in own for name in names)


def ingress(one: Resource) -> Iterator[IpPermission]:
    """The ingress that a security group or a rule allows."""
    yield from _permissions(one, "ingress", INGRESS_RULE)


def egress(one: Resource) -> Iterator[IpPermission]:
    """The egress that a security group or a rule allows."""
    yield from _permissions(one, "egress", EGRESS_RULE)


def rules_apart(owner: Resource, stack: Stack) -> list[Resource]:
    """The separate rules of a security group, or of the default one that a VPC exports."""
    return [rule for type_ in RULES_APART for rule in stack.referrers(owner, type_, "securityGroupId")]


def listed(one: Resource) -> Iterator[str]:
    """The address blocks of a prefix list."""
    if one.type == PREFIX_LIST_ENTRY:
        yield text(one.props, "cidr")
    for entry in parts(one.props, "entries"):
        yield text(entry, "cidr")


def _permissions(one: Resource, direction: str, apart: str) -> Iterator[IpPermission]:
    if one.type == apart or (one.type == SECURITY_GROUP_RULE and word(one.props, "type") == direction):
        yield _permission(one.props)
    elif one.type in GROUPS:
        for rule in parts(one.props, direction):
            yield _permission(rule)


def _permission(rule: Props) -> IpPermission:
    keys = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")
    return permission(rule, word(rule, "ipProtocol") or word(rule, "protocol"), *keys)


def permission(rule: Props, protocol: str, *keys: str) -> IpPermission:
    """The ports of a rule, and the address blocks in its ``keys``; a port of -1 is every port."""
    first, last = int(number(rule, "fromPort", 0)), int(number(rule, "toPort", LAST_PORT))
    if _EVERY_PORT in (first, last):
        first, last = 0, LAST_PORT
    return IpPermission(
        first=first,
        last=last,
        cidrs=tuple(cidr for key in keys for cidr in values(rule, key) if isinstance(cidr, str)),
        description=text(rule, "description"),
        every_protocol=protocol in _EVERY_PROTOCOL,
        has_ports=protocol in _WITH_PORTS,
    )
