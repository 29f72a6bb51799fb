"""The network: logged, emptied of defaults, in two zones."""

from __future__ import annotations

from collections import defaultdict

from rules.lib.resource_types import (
    CACHE_SUBNET_GROUP,
    DEFAULT_SECURITY_GROUP,
    DEFAULT_SUBNET,
    DEFAULT_VPC,
    FLOW_LOG,
    RDS_SUBNET_GROUP,
    SUBNET,
    VPC,
    VPC_ENDPOINT_SERVICE,
)
from rules.lib.topology import tier
from rules.pack.graph import Stack
from rules.pack.properties import on, part, text, values
from rules.pack.rule import M, P, Resource, resource_rule, stack_rule

DEFAULTS = (DEFAULT_VPC, DEFAULT_SUBNET)
SUBNET_GROUPS = (RDS_SUBNET_GROUP, CACHE_SUBNET_GROUP)
_LOGGED = frozenset({"ALL", "REJECT"})


def _flows_logged(vpc: Resource, stack: Stack) -> bool:
    return any(text(log.props, "trafficType") in _LOGGED for log in stack.referrers(vpc, FLOW_LOG, "vpcId"))


def _default_group_closed(vpc: Resource, stack: Stack) -> bool:
    adopted = stack.referrers(vpc, DEFAULT_SECURITY_GROUP, "vpcId")
    return bool(adopted) and not any(
        values(group.props, "ingress") or values(group.props, "egress") for group in adopted
    )


def _two_zones(subnet: Resource, stack: Stack) -> bool:
    return len(stack.once("zones by tier", _zones)[tier(subnet)]) > 1


def _zones(stack: Stack) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for subnet in stack.all(SUBNET):
        found[tier(subnet)].add(text(subnet.props, "availabilityZone"))
    return found


RULES = [
    stack_rule(
        "vpc-flow-logs",
        M,
        VPC,
        "Every VPC logs its flows.",
        "add a flow log of ALL traffic",
        holds=_flows_logged,
    ),
    resource_rule(
        "vpc-no-default",
        M,
        DEFAULTS,
        "The default VPC is not used.",
        "use a VPC of your own",
        holds=lambda _: False,
    ),
    stack_rule(
        "vpc-default-sg-closed",
        M,
        VPC,
        "The default group of a VPC admits nothing.",
        "add a DefaultSecurityGroup without rules",
        holds=_default_group_closed,
    ),
    resource_rule(
        "subnet-no-auto-public-ip",
        M,
        SUBNET,
        "No machine gets a public address without asking for one.",
        "set map_public_ip_on_launch=False (A21)",
        holds=lambda subnet: (
            not on(subnet, "mapPublicIpOnLaunch") or text(part(subnet, "tags"), "Tier").lower() == "public"
        ),
    ),
    resource_rule(
        "vpce-service-manual",
        M,
        VPC_ENDPOINT_SERVICE,
        "Somebody accepts every connection to an endpoint service.",
        "set acceptance_required=True",
        holds=lambda service: on(service, "acceptanceRequired"),
    ),
    stack_rule(
        "vpc-two-azs",
        P,
        SUBNET,
        "Each tier lies in two zones.",
        "add a subnet in another zone",
        holds=_two_zones,
    ),
]
