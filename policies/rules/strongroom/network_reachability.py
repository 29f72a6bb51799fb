"""Checks that the Internet reaches data stores only through the declared tiers, and that SSH is closed."""

from __future__ import annotations

from collections.abc import Iterator

from rules.aws.security_groups.ingress import SSH
from rules.lib.network.ingress_rules import GROUPS, ingress
from rules.lib.network.topology import has_internet_route
from rules.lib.resource_types import (
    CACHE_CLUSTER,
    EC2_INSTANCE,
    EC2_INSTANCE_SOURCES,
    INGRESS_RULE,
    KEY_PAIR,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SECURITY_GROUP_RULE,
    SUBNET,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set
from rules.pack.rule import M, Resource, stack_rule

_STORES = {
    RDS_INSTANCE: "vpcSecurityGroupIds",
    REPLICATION_GROUP: "securityGroupIds",
    CACHE_CLUSTER: "securityGroupIds",
}
_INGRESS = (INGRESS_RULE, SECURITY_GROUP_RULE)


def ingress_rules(group: Resource, stack: Stack) -> Iterator[Resource]:
    """The resources with ingress rules of a security group: the group itself, and separate rules."""
    yield group
    for type_ in _INGRESS:
        yield from stack.referrers(group, type_, "securityGroupId")


def sources(rule: Resource, stack: Stack) -> list[Resource]:
    """The security groups that an ingress rule allows."""
    found = [
        source
        for key in ("referencedSecurityGroupId", "sourceSecurityGroupId")
        for source in stack.refers(rule, key, *GROUPS)
    ]
    return found + (stack.refers(rule, "ingress", *GROUPS) if rule.type in GROUPS else [])


def is_public(group: Resource, stack: Stack) -> bool:
    """Whether the Internet can connect to a member of a security group."""
    opened = any(permission.public for rule in ingress_rules(group, stack) for permission in ingress(rule))
    return opened or any(
        has_internet_route(subnet, stack)
        for machine in stack.referrers(group, EC2_INSTANCE, "vpcSecurityGroupIds")
        for subnet in stack.refers(machine, "subnetId", SUBNET)
    )


def _reached(store: Resource, stack: Stack) -> Iterator[str]:
    for group in stack.refers(store, _STORES[store.type], *GROUPS):
        for rule in ingress_rules(group, stack):
            if any(permission.cidrs for permission in ingress(rule)):
                yield "its security group allows addresses instead of security groups"
            for source in sources(rule, stack):
                if is_public(source, stack):
                    yield f"its security group allows {source.name}, which the Internet can reach"


def _ssh(one: Resource, stack: Stack) -> Iterator[str]:
    if one.type == KEY_PAIR:
        yield "the stack creates a key pair"
    elif one.type in EC2_INSTANCE_SOURCES:
        if is_set(one.props, "keyName"):
            yield "it has key_name set"
    else:
        for permission in ingress(one):
            declared = bool(permission.cidrs) and set(permission.cidrs) <= set(stack.config.ssh_cidrs)
            if permission.covers(SSH) and not declared:
                yield f"port {SSH} is open to undeclared addresses"


RULES = [
    stack_rule(
        "own-sg-reach-db",
        M,
        tuple(_STORES),
        "No chain of security groups leads from the Internet to a data store past the declared tiers.",
        "allow the security groups of the services only",
        finds=_reached,
        requirements=("A28",),
    ),
    stack_rule(
        "own-no-ssh",
        M,
        (KEY_PAIR, *EC2_INSTANCE_SOURCES, *GROUPS, *_INGRESS),
        "SSH is closed: no key pair, and no port 22 except for addresses that the stack declares.",
        "use Session Manager, or declare the addresses under platform.ssh",
        finds=_ssh,
        requirements=("B36",),
    ),
]
