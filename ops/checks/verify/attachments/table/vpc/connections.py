"""Attachments of the VPC that connect it to other networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network

from ops.checks.verify.attachments.network_resources import vpcs
from ops.checks.verify.attachments.row import (
    Call,
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    always,
    described,
)
from ops.checks.verify.network.vpc import subnets
from ops.core.aws_state import AwsState, Item

_GONE = (
    "deleted",
    "deleting",
    "rejected",
    "expired",
    "failed",
    "detached",
    "disassociating",
    "disassociated",
)


def in_vpc(call: str, member: str, filter_: str = "vpc-id") -> Call:
    """What EC2 lists for the VPC and is not gone."""

    def read(aws: AwsState, vpc: Resource) -> Iterator[Item]:
        filters = [{"Name": filter_, "Values": [vpc.name]}]
        for one in aws.list("ec2", call, member, Filters=filters):
            status = one.get("State") or one.get("Status") or ""
            if str(status.get("Code", "") if isinstance(status, dict) else status) not in _GONE:
                yield one

    return read


def _peerings(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    for side in ("requester", "accepter"):
        read = in_vpc("describe_vpc_peering_connections", "VpcPeeringConnections", f"{side}-vpc-info.vpc-id")
        other = "AccepterVpcInfo" if side == "requester" else "RequesterVpcInfo"
        yield from ({"Peer": one.get(other) or {}, **one} for one in read(aws, vpc))


def _peered(aws: AwsState, vpc: Resource, item: Item) -> str | None:
    peer = item["Peer"]
    block, known = peer.get("CidrBlock"), aws.settings.network.peers
    if block and any(ip_network(block).subnet_of(one) for one in known):  # type: ignore[arg-type]
        return None
    where = f"{peer.get('VpcId')} of account {peer.get('OwnerId')}"
    return f"has the undeclared peering {item['VpcPeeringConnectionId']} with {where}"


def _internet(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    """The internet gateways beyond the first, which the program creates."""
    read = in_vpc("describe_internet_gateways", "InternetGateways", "attachment.vpc-id")
    named = [*read(aws, vpc)]
    yield from named[1:]


def _egress_only(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    every = aws.list("ec2", "describe_egress_only_internet_gateways", "EgressOnlyInternetGateways")
    yield from (one for one in every if any(each.get("VpcId") == vpc.name for each in one["Attachments"]))


def _nat(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    """NAT gateways outside the public subnets, and one more than declared of those inside."""
    public = {one["SubnetId"] for one in subnets(aws, "public")}
    network, seen = aws.settings.network, 0
    allowed = {"none": 0, "single": 1, "per_az": network.azs}[network.nat]
    found = in_vpc("describe_nat_gateways", "NatGateways", "vpc-id")(aws, vpc)
    for one in sorted(found, key=lambda one: str(one.get("CreateTime", ""))):
        seen += one["SubnetId"] in public
        if one["SubnetId"] not in public or seen > allowed:
            yield one


def _block(aws: AwsState, vpc: Resource, item: Item) -> str | None:
    block = item.get("CidrBlock") or item.get("Ipv6CidrBlock")
    state = (item.get("CidrBlockState") or item.get("Ipv6CidrBlockState") or {}).get("State")
    if state in _GONE or block == str(aws.settings.network.cidr):
        return None
    return f"has the undeclared address block {block}"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:ec2/vpc:Vpc": (
        Read(
            "peering",
            vpcs,
            _peerings,
            _peered,
            "delete it with `aws ec2 delete-vpc-peering-connection`, or declare its block in network.peers",
        ),
        Read(
            "transit gateway",
            vpcs,
            in_vpc("describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"),
            always("is attached to the transit gateway {TransitGatewayId}"),
            "delete it with `aws ec2 delete-transit-gateway-vpc-attachment`",
        ),
        Read(
            "VPN gateway",
            vpcs,
            in_vpc("describe_vpn_gateways", "VpnGateways", "attachment.vpc-id"),
            always("has the undeclared VPN gateway {VpnGatewayId}"),
            "detach it with `aws ec2 detach-vpn-gateway`",
        ),
        Read(
            "egress-only internet gateway",
            vpcs,
            _egress_only,
            always("has the undeclared gateway {EgressOnlyInternetGatewayId}"),
            "delete it with `aws ec2 delete-egress-only-internet-gateway`",
        ),
        Read(
            "NAT gateway",
            vpcs,
            _nat,
            always("has the undeclared NAT gateway {NatGatewayId}"),
            "delete it with `aws ec2 delete-nat-gateway`",
        ),
        Read(
            "address block",
            vpcs,
            described("CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"),
            _block,
            "remove it with `aws ec2 disassociate-vpc-cidr-block`",
        ),
        Read(
            "VPC Lattice service network",
            vpcs,
            lambda aws, one: aws.list(
                "vpc-lattice", "list_service_network_vpc_associations", "items", vpcIdentifier=one.name
            ),
            always("is associated with the service network {serviceNetworkId}"),
            "delete it with `aws vpc-lattice delete-service-network-vpc-association`",
        ),
        Checked("subnet", "network-subnets"),
        Checked("endpoint", "network-endpoints"),
        Checked("security group", "connections-groups"),
        Checked("load balancer", "edge-present"),
        Unread(
            "Client VPN endpoint", "it needs a network interface in a subnet, which is listed below subnets"
        ),
        Unread("block public access exclusion", "it changes nothing while the account does not block"),
    ),
    "aws:ec2/internetGateway:InternetGateway": (
        Read(
            "second gateway",
            vpcs,
            _internet,
            always("has the undeclared internet gateway {InternetGatewayId}"),
            "detach it with `aws ec2 detach-internet-gateway`",
        ),
    ),
    "aws:ec2/natGateway:NatGateway": (Checked("route", "network-private-routes"),),
    "aws:ec2/flowLog:FlowLog": (Checked("stopped log", "network-flow-logs"),),
    "aws:ec2/vpcEncryptionControl:VpcEncryptionControl": (
        Nothing("it only reports, in the mode that is declared, and blocks nothing"),
    ),
}
