"""Attachments of the VPC that copy its packets, run in it, or open its network interfaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.network_resources import vpcs
from ops.checks.verify.attachments.row import (
    Read,
    Resource,
    Row,
    always,
)
from ops.checks.verify.attachments.table.vpc.connections import in_vpc
from ops.checks.verify.network.vpc import TIERS, subnets
from ops.core.aws_state import AwsState, Item

_GONE = ("deleted", "deleting", "rejected", "expired", "failed", "detached", "disassociated")
_DNS = "AmazonProvidedDNS"


def _interfaces(aws: AwsState) -> set[str]:
    return {
        one["NetworkInterfaceId"] for one in aws.in_vpc("describe_network_interfaces", "NetworkInterfaces")
    }


def _mirrors(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    every = aws.list("ec2", "describe_traffic_mirror_sessions", "TrafficMirrorSessions")
    yield from (one for one in every if one["NetworkInterfaceId"] in _interfaces(aws))


def _lent(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    every = aws.list("ec2", "describe_network_interface_permissions", "NetworkInterfacePermissions")
    yield from (one for one in every if one["NetworkInterfaceId"] in _interfaces(aws))


def _instance(aws: AwsState, vpc: Resource, item: Item) -> str | None:
    tags = {one["Key"]: one["Value"] for one in item.get("Tags", [])}
    for reservation_state in ("terminated", "shutting-down"):
        if item["State"]["Name"] == reservation_state:
            return None
    group = tags.get("aws:autoscaling:groupName")  # only AWS can set a tag that begins with aws:
    if aws.settings.host and group == aws.names.host_name:
        return None
    return f"the undeclared instance {item['InstanceId']} runs in it"


def _instances(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    for one in aws.in_vpc("describe_instances", "Reservations"):
        yield from one["Instances"]


def _flow(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    watched = {vpc.name, *_interfaces(aws)}
    watched |= {one["SubnetId"] for tier in TIERS for one in subnets(aws, tier)}
    yield from (
        one for one in aws.list("ec2", "describe_flow_logs", "FlowLogs") if one.get("ResourceId") in watched
    )


def _flows_to(aws: AwsState, vpc: Resource, item: Item) -> str | None:
    group = aws.names.log_group("flow")
    where = str(item.get("LogGroupName") or item.get("LogDestination") or "")
    if item.get("LogGroupName") == group or f":log-group:{group}" in where:
        return None
    return f"the flow log {item['FlowLogId']} records its traffic to {where}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:ec2/vpc:Vpc": (
        Read(
            "traffic mirror",
            vpcs,
            _mirrors,
            always("the traffic of {NetworkInterfaceId} is copied to {TrafficMirrorTargetId}"),
            "delete it with `aws ec2 delete-traffic-mirror-session`",
        ),
        Read(
            "permission on a network interface",
            vpcs,
            _lent,
            always("the account {AwsAccountId} may attach {NetworkInterfaceId} to its instances"),
            "delete it with `aws ec2 delete-network-interface-permission --force`",
        ),
        Read(
            "EC2 Instance Connect endpoint",
            vpcs,
            in_vpc("describe_instance_connect_endpoints", "InstanceConnectEndpoints"),
            always("is reached from the internet through {InstanceConnectEndpointId}"),
            "delete it with `aws ec2 delete-instance-connect-endpoint`",
        ),
        Read(
            "instance",
            vpcs,
            _instances,
            _instance,
            "terminate it, and find out in the trail who started it and what its security groups reach",
        ),
        Read(
            "flow log",
            vpcs,
            _flow,
            _flows_to,
            "delete it with `aws ec2 delete-flow-logs`",
        ),
    ),
}
