"""The running network has the declared tiers and zones, and its isolated tier no way out."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import Estate, Item, tags
from settings.schema.network import NetworkSettings, Tier

TIERS: tuple[Tier, ...] = ("public", "private", "isolated")
FLOW_INTERVAL_S = 60
_GONE = ("deleted", "deleting")  # listed for a while longer


def subnets(estate: Estate, tier: Tier) -> list[Item]:
    """The subnets whose address block is one of the tier's, whatever they are called."""
    blocks = _blocks(estate.settings.network, tier)
    return [one for one in estate.in_vpc("describe_subnets", "Subnets") if one["CidrBlock"] in blocks]


def route_table(estate: Estate, subnet_id: str) -> Item:
    """The route table that rules a subnet: its own, else the VPC's main one."""
    tables = estate.in_vpc("describe_route_tables", "RouteTables")
    for table in tables:
        if any(link.get("SubnetId") == subnet_id for link in table["Associations"]):
            return table
    return next(table for table in tables if any(link.get("Main") for link in table["Associations"]))


@check("network-vpc", "A20", "A21", "A22", "A23", "A24", "A26", "A28")
def vpc(estate: Estate) -> Iterator[Problem]:
    """There is exactly one VPC of the stack's name, with the declared block."""
    declared = str(estate.settings.network.cidr)
    if estate.vpc is None:
        yield Problem(estate.names.part("vpc"), "not one VPC has this name", BY_PROGRAM)
    elif estate.vpc["CidrBlock"] != declared:
        yield Problem(
            estate.vpc["VpcId"],
            f"has {estate.vpc['CidrBlock']}, declared is {declared}",
            "compare network.cidr with the account: is this the stack's VPC?",
        )


@check("network-subnets", "A21", "A22", "A23")
def tiers(estate: Estate) -> Iterator[Problem]:
    """Each tier has one subnet a zone, in as many zones as declared, and no subnet belongs to none."""
    if estate.vpc is None:
        return
    wanted, known = estate.settings.network.azs, set()
    for tier in TIERS:
        found = subnets(estate, tier)
        known |= {one["SubnetId"] for one in found}
        zones = {one["AvailabilityZone"] for one in found}
        if len(found) != wanted or len(zones) != wanted:
            yield Problem(
                estate.vpc["VpcId"],
                f"has {len(found)} {tier} subnets in {len(zones)} zones, declared are {wanted}",
                BY_PROGRAM,
            )
    for one in estate.in_vpc("describe_subnets", "Subnets"):
        if one["SubnetId"] not in known:
            yield Problem(
                one["SubnetId"], f"{one['CidrBlock']} belongs to no tier", "delete it, it is undeclared"
            )


@check("network-public-addresses", "A21", "A22", "A23")
def public_addresses(estate: Estate) -> Iterator[Problem]:
    """No subnet hands out public addresses by itself."""
    for one in estate.in_vpc("describe_subnets", "Subnets"):
        if one.get("MapPublicIpOnLaunch"):
            yield Problem(one["SubnetId"], "gives every machine a public address", BY_PROGRAM)


@check("network-public-tier", "A21")
def public_tier(estate: Estate) -> Iterator[Problem]:
    """Only load balancers and NAT gateways have an interface in a public subnet."""
    public = {one["SubnetId"] for one in subnets(estate, "public")}
    gateways = {
        address.get("NetworkInterfaceId")
        for gateway in estate.in_vpc("describe_nat_gateways", "NatGateways")
        for address in gateway["NatGatewayAddresses"]
    }
    for one in estate.in_vpc("describe_network_interfaces", "NetworkInterfaces"):
        id_ = one["NetworkInterfaceId"]
        allowed = id_ in gateways or one.get("Description", "").startswith("ELB ")
        if one["SubnetId"] in public and not allowed:
            yield Problem(
                id_,
                "is neither a load balancer's nor a NAT gateway's, in a public subnet",
                "move it to a private subnet",
            )


@check("network-isolated-routes", "A19", "A23")
def isolated_routes(estate: Estate) -> Iterator[Problem]:
    """Nothing leads out of the isolated tier."""
    for subnet in subnets(estate, "isolated"):
        table = route_table(estate, subnet["SubnetId"])
        for route in table["Routes"]:
            if route.get("GatewayId") != "local":
                target = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
                target = target or route.get("DestinationPrefixListId", "somewhere")
                yield Problem(
                    table["RouteTableId"], f"leads {subnet['SubnetId']} to {target}", "delete the route"
                )


@check("network-private-routes", "A22")
def private_routes(estate: Estate) -> Iterator[Problem]:
    """The private tier leaves through a NAT gateway, or not at all where the stack has none."""
    has_nat = estate.settings.network.nat != "none"
    for subnet in subnets(estate, "private"):
        routes = route_table(estate, subnet["SubnetId"])["Routes"]
        default = [route for route in routes if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        if any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes):
            yield Problem(subnet["SubnetId"], "has a route to the Internet gateway", "delete the route")
        elif has_nat and not any(route.get("NatGatewayId") for route in default):
            yield Problem(subnet["SubnetId"], "has no way to the Internet", BY_PROGRAM)
        elif default and not has_nat:
            yield Problem(
                subnet["SubnetId"], "has a default route, declared is nat: none", "delete the route"
            )


@check("network-isolated-acl", "A23")
def isolated_acl(estate: Estate) -> Iterator[Problem]:
    """The isolated tier's network ACL admits the VPC's own addresses only, both ways."""
    acls = {
        link["SubnetId"]: acl
        for acl in estate.in_vpc("describe_network_acls", "NetworkAcls")
        for link in acl["Associations"]
    }
    inside = estate.settings.network.cidr
    for subnet in subnets(estate, "isolated"):
        acl = acls.get(subnet["SubnetId"])
        if acl is None:
            yield Problem(subnet["SubnetId"], "has no network ACL", BY_PROGRAM)
            continue
        for entry in acl["Entries"]:
            if entry["RuleAction"] == "allow" and not _within(entry, inside):
                way = "out to" if entry["Egress"] else "in from"
                block = entry.get("CidrBlock") or entry.get("Ipv6CidrBlock")
                yield Problem(
                    acl["NetworkAclId"], f"lets {subnet['SubnetId']} {way} {block}", "delete the entry"
                )


@check("network-flow-logs", "A40", "A53")
def flow_logs(estate: Estate) -> Iterator[Problem]:
    """Every flow of the VPC is logged each minute, to the encrypted group."""
    if estate.vpc is None:
        return
    vpc_id, group = estate.vpc["VpcId"], estate.names.log_group("flow")
    logs = [
        one for one in estate.list("ec2", "describe_flow_logs", "FlowLogs") if one.get("ResourceId") == vpc_id
    ]
    if not any(_logs_everything(one, group) for one in logs):
        yield Problem(
            vpc_id,
            f"no active flow log keeps ALL traffic every {FLOW_INTERVAL_S} s in {group}",
            BY_PROGRAM,
        )


@check("network-default-group", "A53")
def default_group(estate: Estate) -> Iterator[Problem]:
    """The VPC's default security group admits nothing, in or out."""
    for group in estate.in_vpc("describe_security_groups", "SecurityGroups"):
        if group["GroupName"] == "default" and (group["IpPermissions"] or group["IpPermissionsEgress"]):
            yield Problem(group["GroupId"], "the default security group has rules", BY_PROGRAM)


@check("network-endpoints", "A25", "A53")
def endpoints(estate: Estate) -> Iterator[Problem]:
    """Exactly the declared endpoints exist, each available and with a policy of ours."""
    if estate.vpc is None:
        return
    base = f"com.amazonaws.{estate.settings.region}."
    wanted = {"s3": "Gateway"} | dict.fromkeys(estate.settings.network.endpoints, "Interface")
    found = {
        one["ServiceName"].removeprefix(base): one
        for one in estate.in_vpc("describe_vpc_endpoints", "VpcEndpoints")
        if one["State"] not in _GONE
    }
    for service, kind in wanted.items():
        one = found.get(service)
        if one is None:
            yield Problem(estate.vpc["VpcId"], f"has no endpoint for {service}", BY_PROGRAM)
            continue
        if one["VpcEndpointType"] != kind or one["State"] != "available":
            yield Problem(
                one["VpcEndpointId"],
                f"{service}: is {one['VpcEndpointType']} and {one['State']}",
                BY_PROGRAM,
            )
        if kind == "Interface" and not one.get("PrivateDnsEnabled"):
            yield Problem(
                one["VpcEndpointId"], f"{service}: its private name is off, clients go round it", BY_PROGRAM
            )
        if not _bound_to(str(one.get("PolicyDocument") or ""), estate.settings.account_id):
            yield Problem(
                one["VpcEndpointId"], f"{service}: its policy does not bind it to the account", BY_PROGRAM
            )
    for service in sorted(found.keys() - wanted.keys()):
        if tags(found[service]).get("GuardDutyManaged") != "true":
            yield Problem(
                found[service]["VpcEndpointId"], f"{service}: is undeclared", "delete it, or declare it"
            )


def _blocks(network: NetworkSettings, tier: Tier) -> set[str]:
    return {network.subnet_cidr(tier, letter) for letter in "abcdefgh"}


def _within(entry: Item, inside: IPv4Network) -> bool:
    block = entry.get("CidrBlock")
    return block is not None and IPv4Network(block).subnet_of(inside)


def _logs_everything(log: Item, group: str) -> bool:
    return (
        log.get("FlowLogStatus") == "ACTIVE"
        and log.get("TrafficType") == "ALL"
        and log.get("MaxAggregationInterval") == FLOW_INTERVAL_S
        and (log.get("LogGroupName") == group or f":log-group:{group}" in str(log.get("LogDestination", "")))
    )


def _bound_to(policy: str, account_id: str) -> bool:
    return "aws:PrincipalAccount" in policy and account_id in policy
