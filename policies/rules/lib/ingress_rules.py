"""Parses inline and separate security group rules, prefix lists and network ACLs into one form."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rules.lib.resource_types import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    PREFIX_LIST_ENTRY,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from rules.pack.properties import Props, known, number, parts, text, values
from rules.pack.rule import Resource

RULES_APART = (SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
OPENERS = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, *RULES_APART)
LAST_PORT = 65535
_NO_PORTS = frozenset({"icmp", "icmpv6", "1", "58"})
_EVERY_PROTOCOL = frozenset({"-1", "all"})
_WIDEST_V4, _WIDEST_V6 = 8, 32
"""An IPv4 or IPv6 block with a prefix of at most this length counts as the whole Internet."""


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
        """Whether the address blocks include the Internet."""
        return any(map(is_internet, self.cidrs))

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


def is_internet(cidr: str) -> bool:
    """Whether an address block is the Internet, or a large part of it."""
    try:
        block = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False
    if block.version == 4:
        return block.prefixlen < _WIDEST_V4
    return block.prefixlen < _WIDEST_V6 and not block.subnet_of(ipaddress.IPv6Network("fc00::/7"))


def ingress(one: Resource) -> Iterator[IpPermission]:
    """The ingress that a security group or a rule allows."""
    yield from _permissions(one, "ingress", INGRESS_RULE)


def egress(one: Resource) -> Iterator[IpPermission]:
    """The egress that a security group or a rule allows."""
    yield from _permissions(one, "egress", EGRESS_RULE)


def acl_ingress(one: Resource) -> Iterator[IpPermission]:
    """The ingress that a network ACL or a network ACL rule allows."""
    if one.type.endswith("NetworkAclRule"):
        if text(one.props, "ruleAction") == "allow" and one.props.get("egress") not in (True, "true"):
            yield _acl_permission(one.props, text(one.props, "protocol"))
        return
    for rule in parts(one.props, "ingress"):
        if text(rule, "action") == "allow":
            yield _acl_permission(rule, text(rule, "protocol"))


def listed(one: Resource) -> Iterator[str]:
    """The address blocks of a prefix list."""
    if one.type == PREFIX_LIST_ENTRY:
        yield text(one.props, "cidr")
    for entry in parts(one.props, "entries"):
        yield text(entry, "cidr")


def _permissions(one: Resource, direction: str, apart: str) -> Iterator[IpPermission]:
    if one.type == apart or (one.type == SECURITY_GROUP_RULE and text(one.props, "type") == direction):
        yield _permission(one.props)
    elif one.type in (SECURITY_GROUP, DEFAULT_SECURITY_GROUP):
        for rule in parts(one.props, direction):
            yield _permission(rule)


def _permission(rule: Props) -> IpPermission:
    protocol = str(rule.get("ipProtocol") or rule.get("protocol") or "").lower()
    cidrs = [rule.get("cidrIpv4"), rule.get("cidrIpv6")]
    cidrs += [*values(rule, "cidrBlocks"), *values(rule, "ipv6CidrBlocks")]
    return _range(rule, protocol, tuple(cidr for cidr in cidrs if isinstance(cidr, str)))


def _acl_permission(rule: Props, protocol: str) -> IpPermission:
    cidrs = [rule.get("cidrBlock"), rule.get("ipv6CidrBlock")]
    return _range(rule, protocol.lower(), tuple(cidr for cidr in cidrs if isinstance(cidr, str)))


def _range(rule: Props, protocol: str, cidrs: tuple[str, ...]) -> IpPermission:
    return IpPermission(
        first=int(number(rule, "fromPort", 0)),
        last=int(number(rule, "toPort", LAST_PORT)),
        cidrs=cidrs,
        description=text(rule, "description"),
        every_protocol=protocol in _EVERY_PROTOCOL,
        has_ports=protocol not in _NO_PORTS,
    )
