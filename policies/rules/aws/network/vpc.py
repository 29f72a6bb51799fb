"""VPCs and subnets: flow logs, default VPC and security group, zones, public IP addresses."""

from __future__ import annotations

from collections import defaultdict

from rules.lib.network.ingress_rules import rules_apart
from rules.lib.network.topology import tier
from rules.lib.resource_types import (
    DEFAULT_SECURITY_GROUP,
    DEFAULT_SUBNET,
    DEFAULT_VPC,
    EIP,
    EIP_ASSOCIATION,
    FLOW_LOG,
    NAT_GATEWAY,
    SUBNET,
    VPC,
)
from rules.pack.graph import Stack
from rules.pack.properties import is_set, on, part, text, values
from rules.pack.rule import A, M, P, Resource, resource_rule, stack_rule

DEFAULTS = (DEFAULT_VPC, DEFAULT_SUBNET)
_LOGGED = frozenset({"ALL", "REJECT"})


def _flows_logged(vpc: Resource, stack: Stack) -> bool:
    return any(text(log.props, "trafficType") in _LOGGED for log in stack.referrers(vpc, FLOW_LOG, "vpcId"))


def _default_group_closed(vpc: Resource, stack: Stack) -> bool:
    adopted = stack.referrers(vpc, DEFAULT_SECURITY_GROUP, "vpcId")
    inline = any(values(group.props, "ingress") or values(group.props, "egress") for group in adopted)
    return bool(adopted) and not inline and not any(rules_apart(owner, stack) for owner in (vpc, *adopted))


def _two_zones(subnet: Resource, stack: Stack) -> bool:
    return len(stack.once("zones by tier", _zones)[tier(subnet)]) > 1


def _zones(stack: Stack) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for subnet in stack.all(SUBNET):
        found[tier(subnet)].add(text(subnet.props, "availabilityZone"))
    return found


def _attached(address: Resource, stack: Stack) -> bool:
    return (
        is_set(address.props, "instance")
        or is_set(address.props, "networkInterface")
        or bool(stack.referrers(address, NAT_GATEWAY, "allocationId"))
        or bool(stack.referrers(address, EIP_ASSOCIATION, "allocationId"))
    )


RULES = [
    stack_rule(
        "vpc-flow-logs",
        M,
        VPC,
        "Every VPC has a flow log.",
        'add a FlowLog with traffic_type="ALL"',
        holds=_flows_logged,
    ),
    resource_rule(
        "vpc-no-default",
        M,
        DEFAULTS,
        "The default VPC is not used.",
        "create a VPC",
        holds=lambda _: False,
    ),
    stack_rule(
        "vpc-default-sg-closed",
        M,
        VPC,
        "The default security group of a VPC has no rules.",
        "add a DefaultSecurityGroup without rules",
        holds=_default_group_closed,
    ),
    resource_rule(
        "subnet-no-auto-public-ip",
        M,
        SUBNET,
        "A subnet assigns no public IP address automatically.",
        "set map_public_ip_on_launch=False",
        holds=lambda subnet: (
            not on(subnet, "mapPublicIpOnLaunch") or text(part(subnet, "tags"), "Tier").lower() == "public"
        ),
        requirements=("A21",),
    ),
    stack_rule(
        "vpc-two-azs",
        P,
        SUBNET,
        "Each tier has subnets in two availability zones.",
        "add a subnet in another zone",
        holds=_two_zones,
    ),
    stack_rule(
        "eip-attached",
        A,
        EIP,
        "Every Elastic IP address is associated.",
        "associate it, or release it",
        holds=_attached,
    ),
]
