"""Checks the VPC: its subnets by tier, public addresses, flow log and default security group."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from settings.schema.network import NetworkSettings, Tier

TIERS: tuple[Tier, ...] = ("public", "private", "isolated")
FLOW_INTERVAL_S = 60


def subnets(aws: AwsState, tier: Tier) -> list[Item]:
    """The subnets whose CIDR block is one of the tier's."""
    blocks = _blocks(aws.settings.network, tier)
    return [one for one in aws.in_vpc("describe_subnets", "Subnets") if one["CidrBlock"] in blocks]


@check("network-vpc", "A20", "A21", "A22", "A23", "A24", "A26", "A28")
def vpc(aws: AwsState) -> Iterator[Problem]:
    """Exactly one VPC has the stack's name, with the declared CIDR block."""
    declared = str(aws.settings.network.cidr)
    if aws.vpc is None:
        yield Problem(aws.names.part("vpc"), "does not exist, or several VPCs have this name", BY_PROGRAM)
    elif aws.vpc["CidrBlock"] != declared:
        yield Problem(
            aws.vpc["VpcId"],
            f"has {aws.vpc['CidrBlock']}, declared is {declared}",
            "compare network.cidr with the account; this may be another stack's VPC",
        )


@check("network-subnets", "A21", "A22", "A23")
def tiers(aws: AwsState) -> Iterator[Problem]:
    """Each tier has one subnet per zone in the declared number of zones, and every subnet is in a tier."""
    if aws.vpc is None:
        return
    wanted, known = aws.settings.network.azs, set()
    for tier in TIERS:
        found = subnets(aws, tier)
        known |= {one["SubnetId"] for one in found}
        zones = {one["AvailabilityZone"] for one in found}
        if len(found) != wanted or len(zones) != wanted:
            yield Problem(
                aws.vpc["VpcId"],
                f"has {len(found)} {tier} subnets in {len(zones)} zones, declared are {wanted}",
                BY_PROGRAM,
            )
    for one in aws.in_vpc("describe_subnets", "Subnets"):
        if one["SubnetId"] not in known:
            yield Problem(one["SubnetId"], f"{one['CidrBlock']} is not in a declared tier", "delete it")


@check("network-public-addresses", "A21", "A22", "A23")
def public_addresses(aws: AwsState) -> Iterator[Problem]:
    """No subnet assigns public IP addresses automatically."""
    for one in aws.in_vpc("describe_subnets", "Subnets"):
        if one.get("MapPublicIpOnLaunch"):
            yield Problem(one["SubnetId"], "assigns public IP addresses to new instances", BY_PROGRAM)


@check("network-public-tier", "A21")
def public_tier(aws: AwsState) -> Iterator[Problem]:
    """Only load balancers and NAT gateways have network interfaces in public subnets."""
    public = {one["SubnetId"] for one in subnets(aws, "public")}
    gateways = {
        address.get("NetworkInterfaceId")
        for gateway in aws.in_vpc("describe_nat_gateways", "NatGateways")
        for address in gateway["NatGatewayAddresses"]
    }
    for one in aws.in_vpc("describe_network_interfaces", "NetworkInterfaces"):
        id_ = one["NetworkInterfaceId"]
        allowed = id_ in gateways or one.get("Description", "").startswith("ELB ")
        if one["SubnetId"] in public and not allowed:
            yield Problem(
                id_,
                "is in a public subnet, but not of a load balancer or NAT gateway",
                "move it to a private subnet",
            )


@check("network-flow-logs", "A40", "A53")
def flow_logs(aws: AwsState) -> Iterator[Problem]:
    """A flow log records all traffic of the VPC, aggregated per minute."""
    if aws.vpc is None:
        return
    vpc_id, group = aws.vpc["VpcId"], aws.names.log_group("flow")
    logs = [
        one for one in aws.list("ec2", "describe_flow_logs", "FlowLogs") if one.get("ResourceId") == vpc_id
    ]
    if not any(_logs_everything(one, group) for one in logs):
        yield Problem(
            vpc_id,
            f"no active flow log records ALL traffic every {FLOW_INTERVAL_S} s to {group}",
            BY_PROGRAM,
        )


@check("network-default-group", "A53")
def default_group(aws: AwsState) -> Iterator[Problem]:
    """The VPC's default security group has no rules."""
    for group in aws.in_vpc("describe_security_groups", "SecurityGroups"):
        if group["GroupName"] == "default" and (group["IpPermissions"] or group["IpPermissionsEgress"]):
            yield Problem(group["GroupId"], "the default security group has rules", BY_PROGRAM)


def _blocks(network: NetworkSettings, tier: Tier) -> set[str]:
    return {network.subnet_cidr(tier, letter) for letter in "abcdefgh"}


def _logs_everything(log: Item, group: str) -> bool:
    return (
        log.get("FlowLogStatus") == "ACTIVE"
        and log.get("TrafficType") == "ALL"
        and log.get("MaxAggregationInterval") == FLOW_INTERVAL_S
        and (log.get("LogGroupName") == group or f":log-group:{group}" in str(log.get("LogDestination", "")))
    )
