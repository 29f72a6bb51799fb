"""Verification of the network: each thing done by hand is found, and nothing else is."""

from __future__ import annotations

import pytest

from tests.ops.live import Live, Make, Undo


def _vpc(live: Live) -> str:
    (vpc,) = live.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["aiponge-vpc"]}])[
        "Vpcs"
    ]
    return vpc["VpcId"]


def _tier(live: Live, what: str, tier: str) -> list[dict]:
    ec2 = live.client("ec2")
    filters = [{"Name": "vpc-id", "Values": [_vpc(live)]}, {"Name": "tag:Tier", "Values": [tier]}]
    if what == "subnets":
        return ec2.describe_subnets(Filters=filters)["Subnets"]
    if what == "tables":
        return ec2.describe_route_tables(Filters=filters)["RouteTables"]
    return ec2.describe_network_acls(Filters=filters)["NetworkAcls"]


def public_subnet_addresses(live: Live) -> Undo:
    ec2, subnet = live.client("ec2"), _tier(live, "subnets", "private")[0]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    return lambda: ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})


def machine_in_public_tier(live: Live) -> Undo:
    ec2, subnet = live.client("ec2"), _tier(live, "subnets", "public")[0]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    return lambda: ec2.delete_network_interface(NetworkInterfaceId=made)


def _default_route(tier: str, **to: str) -> Make:
    def make(live: Live) -> Undo:
        ec2, table = live.client("ec2"), _tier(live, "tables", tier)[0]["RouteTableId"]
        target = dict(to)
        if "GatewayId" in target:
            gateways = ec2.describe_internet_gateways(
                Filters=[{"Name": "attachment.vpc-id", "Values": [_vpc(live)]}]
            )
            target["GatewayId"] = gateways["InternetGateways"][0]["InternetGatewayId"]
        ec2.create_route(RouteTableId=table, **target)
        where = {key: value for key, value in target.items() if key.startswith("Destination")}
        return lambda: ec2.delete_route(RouteTableId=table, **where)

    return make


def no_nat_route(live: Live) -> Undo:
    ec2, table = live.client("ec2"), _tier(live, "tables", "private")[0]
    nat = next(route["NatGatewayId"] for route in table["Routes"] if route.get("NatGatewayId"))
    where = {"RouteTableId": table["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0"}
    ec2.delete_route(**where)
    return lambda: ec2.create_route(**where, NatGatewayId=nat)


def acl_open_to_the_world(live: Live) -> Undo:
    ec2, acl = live.client("ec2"), _tier(live, "acls", "isolated")[0]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 90, "Egress": False}
    ec2.create_network_acl_entry(**entry, Protocol="-1", RuleAction="allow", CidrBlock="0.0.0.0/0")
    return lambda: ec2.delete_network_acl_entry(**entry)


def flow_log_deleted(live: Live) -> Undo:
    ec2 = live.client("ec2")
    (log,) = [one for one in ec2.describe_flow_logs()["FlowLogs"] if one["ResourceId"] == _vpc(live)]
    ec2.delete_flow_logs(FlowLogIds=[log["FlowLogId"]])
    return lambda: ec2.create_flow_logs(
        ResourceIds=[log["ResourceId"]],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogDestination=log["LogDestination"],
        DeliverLogsPermissionArn=log["DeliverLogsPermissionArn"],
        MaxAggregationInterval=60,
    )


def rejected_flows_only(live: Live) -> Undo:
    ec2, again = live.client("ec2"), flow_log_deleted(live)
    made = ec2.create_flow_logs(
        ResourceIds=[_vpc(live)],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestinationType="cloud-watch-logs",
        LogDestination=f"arn:aws:logs:eu-west-1:{live.settings.account_id}:log-group:/aiponge/staging/flow",
        DeliverLogsPermissionArn=f"arn:aws:iam::{live.settings.account_id}:role/aiponge-flow-logs",
        MaxAggregationInterval=60,
    )["FlowLogIds"]
    return lambda: (ec2.delete_flow_logs(FlowLogIds=made), again())


def default_group_opened(live: Live) -> Undo:
    ec2 = live.client("ec2")
    filters = [{"Name": "vpc-id", "Values": [_vpc(live)]}, {"Name": "group-name", "Values": ["default"]}]
    group = ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"]
    rule = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)
    return lambda: ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rule)


def endpoint_open_to_all_accounts(live: Live) -> Undo:
    ec2 = live.client("ec2")
    name = {"Name": "service-name", "Values": ["com.amazonaws.eu-west-1.secretsmanager"]}
    filters = [name, {"Name": "vpc-id", "Values": [_vpc(live)]}]
    (one,) = ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    wide = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
    id_ = one["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=id_, PolicyDocument=wide)
    return lambda: ec2.modify_vpc_endpoint(VpcEndpointId=id_, PolicyDocument=one["PolicyDocument"])


def endpoint_added(live: Live) -> Undo:
    ec2 = live.client("ec2")
    made = ec2.create_vpc_endpoint(
        VpcId=_vpc(live), ServiceName="com.amazonaws.eu-west-1.sqs", VpcEndpointType="Interface"
    )["VpcEndpoint"]["VpcEndpointId"]
    return lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[made])


def subnet_added(live: Live) -> Undo:
    ec2 = live.client("ec2")
    made = ec2.create_subnet(VpcId=_vpc(live), CidrBlock="10.30.255.0/24")["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": False})
    return lambda: ec2.delete_subnet(SubnetId=made)


SLIPS = [
    pytest.param(public_subnet_addresses, "network-public-addresses", marks=pytest.mark.accepts("A22")),
    pytest.param(machine_in_public_tier, "network-public-tier", marks=pytest.mark.accepts("A21")),
    pytest.param(
        _default_route("isolated", DestinationCidrBlock="0.0.0.0/0", GatewayId="igw"),
        "network-isolated-routes",
        marks=pytest.mark.accepts("A19", "A23"),
        id="default_route_in_isolated_tier",
    ),
    pytest.param(
        _default_route("isolated", DestinationIpv6CidrBlock="::/0", GatewayId="igw"),
        "network-isolated-routes",
        marks=pytest.mark.accepts("A19", "A23"),
        id="ipv6_default_route_in_isolated_tier",
    ),
    pytest.param(no_nat_route, "network-private-routes", marks=pytest.mark.accepts("A22")),
    pytest.param(acl_open_to_the_world, "network-isolated-acl", marks=pytest.mark.accepts("A23")),
    pytest.param(flow_log_deleted, "network-flow-logs", marks=pytest.mark.accepts("A53")),
    pytest.param(rejected_flows_only, "network-flow-logs", marks=pytest.mark.accepts("A53")),
    pytest.param(default_group_opened, "network-default-group", marks=pytest.mark.accepts("A53")),
    pytest.param(endpoint_open_to_all_accounts, "network-endpoints", marks=pytest.mark.accepts("A53")),
    pytest.param(endpoint_added, "network-endpoints", marks=pytest.mark.accepts("A53")),
    pytest.param(subnet_added, "network-subnets", marks=pytest.mark.accepts("A21")),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_the_network_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


def test_a_stack_that_is_not_there_is_found_by_its_vpc(live: Live) -> None:
    from ops.checks.verify import verify
    from tests.ops.live import declared

    elsewhere = declared().model_copy(update={"region": "eu-central-1"})
    found = {one.check for one in verify(elsewhere, live.world.session).findings}
    assert {"network-vpc", "database-present", "keys-present", "secrets-inventory"} <= found
