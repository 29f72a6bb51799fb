"""Attachments of subnets, route tables, network ACLs, security groups, addresses, endpoints and snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.network_resources import addresses, groups, hosts, tables, vpcs
from ops.checks.verify.attachments.row import Checked, Nothing, Read, Resource, Row, Unread, always, described
from ops.checks.verify.network.vpc import TIERS, subnets
from ops.core.aws_state import AwsState, Item

_ELSEWHERE = (
    *("TransitGatewayId", "VpcPeeringConnectionId", "InstanceId", "NetworkInterfaceId", "LocalGatewayId"),
    *("CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId"),
)


def _route(aws: AwsState, table: Resource, route: Item) -> str | None:
    via = next((route[member] for member in _ELSEWHERE if route.get(member)), "")
    gateway = str(route.get("GatewayId", ""))
    if not via and not gateway.startswith(("vgw-", "eigw-")):
        return None  # network-private-routes and network-isolated-routes compare the others
    where = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
    return f"routes {where or route.get('DestinationPrefixListId')} to {via or gateway}"


def _association(aws: AwsState, table: Resource, item: Item) -> str | None:
    gateway = item.get("GatewayId")
    return f"decides the routes of what enters through {gateway}" if gateway else None


def _acls(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    """Associations of subnets with a network ACL that is neither the VPC's default nor the stack's."""
    for acl in aws.in_vpc("describe_network_acls", "NetworkAcls"):
        tags = {one["Key"]: one["Value"] for one in acl.get("Tags", [])}
        if not acl.get("IsDefault") and tags.get("Name") != aws.names.part("isolated"):
            yield from acl.get("Associations", [])


def _shares(aws: AwsState, _: Resource) -> Iterator[Item]:
    """What AWS RAM shares of this account with others."""
    yield from aws.list("ram", "list_resources", "resources", resourceOwner="SELF")


def _share(aws: AwsState, vpc: Resource, item: Item) -> str | None:
    ours = {one["SubnetId"] for tier in TIERS for one in subnets(aws, tier)}
    ours |= {one.params["GroupId"] for one in groups(aws)}
    arn = str(item["arn"])
    if arn.rpartition("/")[2] not in ours and aws.names.prefix not in arn:
        return None
    return f"AWS RAM shares {arn} by {item['resourceShareArn']}"


def _vpc_associations(aws: AwsState, group: Resource) -> Iterator[Item]:
    every = aws.list("ec2", "describe_security_group_vpc_associations", "SecurityGroupVpcAssociations")
    for one in every:
        if one["GroupId"] == group.params["GroupId"]:
            yield one


def _transfers(aws: AwsState, address: Resource) -> Iterator[Item]:
    for one in aws.list("ec2", "describe_address_transfers", "AddressTransfers"):
        if one["AllocationId"] == address.item["AllocationId"]:
            yield one


def _public(aws: AwsState, vpc: Resource) -> Iterator[Item]:
    """The public addresses of network interfaces outside the public subnets."""
    public = {one["SubnetId"] for one in subnets(aws, "public")}
    for one in aws.in_vpc("describe_network_interfaces", "NetworkInterfaces"):
        if one["SubnetId"] not in public and one.get("Association", {}).get("PublicIp"):
            yield {**one, "PublicIp": one["Association"]["PublicIp"]}


def _snapshots(aws: AwsState, _: Resource) -> Iterator[Item]:
    """The snapshots of the account's volumes that others may create volumes from."""
    for one in aws.list(
        "ec2",
        "describe_snapshots",
        "Snapshots",
        OwnerIds=[aws.settings.account_id],
        Filters=[{"Name": "encrypted", "Values": ["true"]}],  # as all volumes of the host are
    ):
        id_ = one["SnapshotId"]
        answer = aws.ask(
            "ec2", "describe_snapshot_attribute", SnapshotId=id_, Attribute="createVolumePermission"
        )
        for who in answer.get("CreateVolumePermissions", []):
            yield {"SnapshotId": id_, "Who": who.get("UserId") or "everybody"}


def _images(aws: AwsState, _: Resource) -> Iterator[Item]:
    """The account's machine images that others may start."""
    for one in aws.list("ec2", "describe_images", "Images", Owners=[aws.settings.account_id]):
        id_ = one["ImageId"]
        answer = aws.ask("ec2", "describe_image_attribute", ImageId=id_, Attribute="launchPermission")
        for who in answer.get("LaunchPermissions", []):
            yield {"ImageId": id_, "Who": who.get("UserId") or "everybody"}


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:ec2/subnet:Subnet": (
        Read(
            "network ACL",
            vpcs,
            _acls,
            always("the subnet {SubnetId} has the undeclared network ACL {NetworkAclId}"),
            "run `aws ec2 replace-network-acl-association` with the ACL that it had",
        ),
        Read(
            "public address",
            vpcs,
            _public,
            always("{NetworkInterfaceId} has the public address {PublicIp}, outside the public subnets"),
            "release it with `aws ec2 disassociate-address`",
        ),
        Read(
            "share",
            vpcs,
            _shares,
            _share,
            "end it with `aws ram disassociate-resource-share`",
        ),
        Checked("public addresses", "network-public-addresses"),
        Checked("network interface in a public subnet", "network-public-tier"),
    ),
    "aws:ec2/routeTable:RouteTable": (
        Read("route", tables, described("Routes"), _route, "delete it with `aws ec2 delete-route`"),
        Read(
            "propagation",
            tables,
            described("PropagatingVgws"),
            always("takes routes from the VPN gateway {GatewayId}"),
            "stop it with `aws ec2 disable-vgw-route-propagation`",
        ),
        Read(
            "gateway",
            tables,
            described("Associations"),
            _association,
            "remove it with `aws ec2 disassociate-route-table`",
        ),
        Checked("route of a private subnet", "network-private-routes"),
        Checked("route of an isolated subnet", "network-isolated-routes"),
    ),
    "aws:ec2/route:Route": (Nothing("it is a part of the route table"),),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (
        Checked("other table", "network-private-routes"),
    ),
    "aws:ec2/networkAcl:NetworkAcl": (Checked("rule", "network-isolated-acl"),),
    "aws:ec2/securityGroup:SecurityGroup": (
        Read(
            "other VPC",
            groups,
            _vpc_associations,
            always("is also used in {VpcId}"),
            "remove it with `aws ec2 disassociate-security-group-vpc`",
        ),
        Checked("rule", "connections-rules"),
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (Checked("rule", "network-default-group"),),
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": (
        Nothing("it is no resource of AWS"),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (Nothing("it is a part of the group"),),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (Nothing("it is a part of the group"),),
    "aws:ec2/eip:Eip": (
        Read(
            "transfer",
            addresses,
            _transfers,
            always("is offered to the account {TransferAccountId}"),
            "withdraw it with `aws ec2 disable-address-transfer`",
        ),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (
        Checked("policy", "network-endpoints"),
        Unread("connection notification", "it announces connections and moves no data"),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        Read(
            "shared snapshot of a volume",
            hosts,
            _snapshots,
            always("the snapshot {SnapshotId} is shared with {Who}"),
            "remove it with `aws ec2 modify-snapshot-attribute`, and rotate what the volume holds",
        ),
        Read(
            "shared image",
            hosts,
            _images,
            always("the image {ImageId} is shared with {Who}"),
            "remove it with `aws ec2 modify-image-attribute`, and rotate what the image holds",
        ),
        Checked("secret value in user data", "leaks-user-data"),
    ),
}
