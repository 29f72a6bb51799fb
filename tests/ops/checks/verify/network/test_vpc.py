"""Tests of the VPC's checks: each manual change is found."""

from __future__ import annotations

import pytest

from ops.checks.verify import verify
from tests.ops.checks.verify.network.lookups import in_tier, vpc_id
from tests.ops.live import Live, Make, Undo, declared


def public_subnet_addresses(live: Live) -> Undo:
    ec2, subnet = live.client("ec2"), in_tier(live, "subnets", "private")[0]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    return lambda: ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})


def machine_in_public_tier(live: Live) -> Undo:
    ec2, subnet = live.client("ec2"), in_tier(live, "subnets", "public")[0]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    return lambda: ec2.delete_network_interface(NetworkInterfaceId=made)


def flow_log_deleted(live: Live) -> Undo:
    ec2 = live.client("ec2")
    (log,) = [one for one in ec2.describe_flow_logs()["FlowLogs"] if one["ResourceId"] == vpc_id(live)]
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
        ResourceIds=[vpc_id(live)],
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
    filters = [{"Name": "vpc-id", "Values": [vpc_id(live)]}, {"Name": "group-name", "Values": ["default"]}]
    group = ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"]
    rule = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)
    return lambda: ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=rule)


def subnet_added(live: Live) -> Undo:
    ec2 = live.client("ec2")
    made = ec2.create_subnet(VpcId=vpc_id(live), CidrBlock="10.30.255.0/24")["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": False})
    return lambda: ec2.delete_subnet(SubnetId=made)


SLIPS = [
    pytest.param(public_subnet_addresses, "network-public-addresses", marks=pytest.mark.accepts("A22")),
    pytest.param(machine_in_public_tier, "network-public-tier", marks=pytest.mark.accepts("A21")),
    pytest.param(flow_log_deleted, "network-flow-logs", marks=pytest.mark.accepts("A53")),
    pytest.param(rejected_flows_only, "network-flow-logs", marks=pytest.mark.accepts("A53")),
    pytest.param(default_group_opened, "network-default-group", marks=pytest.mark.accepts("A53")),
    pytest.param(subnet_added, "network-subnets", marks=pytest.mark.accepts("A21")),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_the_vpc_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


def test_a_stack_that_is_not_there_is_found_by_its_vpc(live: Live) -> None:
    elsewhere = declared().model_copy(update={"region": "eu-central-1"})
    found = {one.check for one in verify(elsewhere, live.sandbox.session).findings}
    assert {"network-vpc", "database-present", "keys-present", "secrets-inventory"} <= found
