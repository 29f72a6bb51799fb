"""Evaluates the rules of a network ACL in their order: a deny before an allow takes away from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from rules.lib.network.addresses import is_internet, without
from rules.lib.network.ingress_rules import IpPermission, permission
from rules.lib.resource_types import NETWORK_ACL_RULE
from rules.pack.properties import Props, number, on, parts, word
from rules.pack.rule import Resource

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


class _Entry(NamedTuple):
    number: float
    allows: bool
    protocol: str
    permission: IpPermission


def opens(one: Resource, reaches: Callable[[IpPermission], bool]) -> bool:
    """Whether a network ACL, or a rule of one, lets the Internet in on the ports of ``reaches``."""
    entries = list(_entries(one))
    return any(
        entry.allows and reaches(entry.permission) and is_internet(*_left(entry, entries, reaches))
        for entry in entries
    )


def _left(allowed: _Entry, entries: list[_Entry], reaches: Callable[[IpPermission], bool]) -> Iterator[str]:
    """The address blocks of an entry without those that an earlier entry denies on the same ports."""
    denied = [
        cidr
        for entry in entries
        if not entry.allows and entry.number < allowed.number and reaches(entry.permission)
        if entry.permission.every_protocol or entry.protocol == allowed.protocol
        for cidr in entry.permission.cidrs
    ]
    for cidr in allowed.permission.cidrs:
        yield from without(cidr, *denied)


def _entries(one: Resource) -> Iterator[_Entry]:
    if one.type == NETWORK_ACL_RULE:
        if not on(one.props, "egress"):
            yield _entry(one.props, "ruleNumber", "ruleAction")
        return
    for rule in parts(one.props, "ingress"):
        yield _entry(rule, "ruleNo", "action")


def _entry(rule: Props, number_key: str, action_key: str) -> _Entry:
    protocol = word(rule, "protocol")
    return _Entry(
        number=number(rule, number_key),
        allows=word(rule, action_key) == "allow",
        protocol=_PROTOCOLS.get(protocol, protocol),
        permission=permission(rule, protocol, "cidrBlock", "ipv6CidrBlock"),
    )
