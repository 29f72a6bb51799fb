"""Reach: no way from the world to the data but through the tiers, none for SSH."""

from __future__ import annotations

from collections.abc import Iterator

from rules.aws.security_groups.ingress import SSH
from rules.lib.ingress_rules import ingress
from rules.lib.resource_types import (
    CACHE_CLUSTER,
    EC2_INSTANCE,
    EC2_INSTANCE_SOURCES,
    INGRESS_RULE,
    KEY_PAIR,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    SUBNET,
)
from rules.lib.topology import has_internet_route
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
    """Whatever lets something into a group: itself, and the rules beside it."""
    yield group
    for type_ in _INGRESS:
        yield from stack.referrers(group, type_, "securityGroupId")


def sources(rule: Resource, stack: Stack) -> list[Resource]:
    """The groups that a rule admits."""
    found = stack.refers(rule, "referencedSecurityGroupId", SECURITY_GROUP) + stack.refers(
        rule, "sourceSecurityGroupId", SECURITY_GROUP
    )
    return found + (stack.refers(rule, "ingress", SECURITY_GROUP) if rule.type == SECURITY_GROUP else [])


def is_public(group: Resource, stack: Stack) -> bool:
    """Whether the world can open a connection to a member of a group."""
    opened = any(permission.public for rule in ingress_rules(group, stack) for permission in ingress(rule))
    return opened or any(
        has_internet_route(subnet, stack)
        for machine in stack.referrers(group, EC2_INSTANCE, "vpcSecurityGroupIds")
        for subnet in stack.refers(machine, "subnetId", SUBNET)
    )


def _reached(store: Resource, stack: Stack) -> Iterator[str]:
    for group in stack.refers(store, _STORES[store.type], SECURITY_GROUP):
        for rule in ingress_rules(group, stack):
            if any(permission.cidrs for permission in ingress(rule)):
                yield "its group admits addresses instead of groups"
            for source in sources(rule, stack):
                if is_public(source, stack):
                    yield f"its group admits {source.name}, which the world can enter"


def _ssh(one: Resource, stack: Stack) -> Iterator[str]:
    if one.type == KEY_PAIR:
        yield "there is a key pair"
    elif one.type in EC2_INSTANCE_SOURCES:
        if is_set(one.props, "keyName"):
            yield "it has a key pair"
    else:
        for permission in ingress(one):
            declared = bool(permission.cidrs) and set(permission.cidrs) <= set(stack.config.ssh_cidrs)
            if permission.covers(SSH) and not declared:
                yield f"port {SSH} is open"


RULES = [
    stack_rule(
        "own-sg-reach-db",
        M,
        tuple(_STORES),
        "No chain of groups leads from the world to the data in fewer steps than the declared tiers.",
        "admit the services' own groups only (A28)",
        finds=_reached,
    ),
    stack_rule(
        "own-no-ssh",
        M,
        (KEY_PAIR, *EC2_INSTANCE_SOURCES, SECURITY_GROUP, *_INGRESS),
        "Nobody comes by SSH: no key pair, no port, but for addresses the stack declares.",
        "use Session Manager, or declare the addresses under ssh (B36)",
        finds=_ssh,
    ),
]
