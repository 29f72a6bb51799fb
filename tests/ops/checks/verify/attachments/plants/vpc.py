"""Changes by hand to the VPC and to what is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.ops.checks.verify.attachments.plants.plant import STRANGER, Plant
from tests.ops.live import Live, Undo

VPC, GATEWAY, SUBNET, TABLE = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/routeTable:RouteTable",
)
GROUP, ADDRESS = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/eip:Eip"


def vpc(live: Live) -> str:
    """The identifier of the VPC."""
    named = [{"Name": "tag:Name", "Values": ["aiponge-vpc"]}]
    return live.client("ec2").describe_vpcs(Filters=named)["Vpcs"][0]["VpcId"]


def inside(live: Live, call: str, member: str) -> list[dict[str, Any]]:
    """What EC2 lists of the VPC."""
    filters = [{"Name": "vpc-id", "Values": [vpc(live)]}]
    return getattr(live.client("ec2"), call)(Filters=filters)[member]


def subnet(live: Live) -> str:
    """A private subnet."""
    private = {"Key": "Tier", "Value": "private"}
    found = inside(live, "describe_subnets", "Subnets")
    return next(one["SubnetId"] for one in found if private in one.get("Tags", []))


def interface(live: Live) -> str:
    """A network interface in a private subnet, made by hand before."""
    client = live.client("ec2")
    made_ = client.create_network_interface(SubnetId=subnet(live))["NetworkInterface"]
    return made_["NetworkInterfaceId"]


def of_ec2(work: Callable[[Any, Live], Undo]) -> Callable[[Live], Undo]:
    """A change by an EC2 client."""
    return lambda live: work(live.client("ec2"), live)


def _peering(client: Any, live: Live) -> Undo:
    other = client.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    made_ = client.create_vpc_peering_connection(VpcId=vpc(live), PeerVpcId=other)
    id_ = made_["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    def undo() -> None:
        client.delete_vpc_peering_connection(VpcPeeringConnectionId=id_)
        client.delete_vpc(VpcId=other)

    return undo


def _transit(client: Any, live: Live) -> Undo:
    gateway = client.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    made_ = client.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=vpc(live), SubnetIds=[subnet(live)]
    )
    id_ = made_["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

    def undo() -> None:
        client.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=id_)
        live.backend("ec2").transit_gateway_attachments.pop(id_, None)

    return undo


def _vpn(client: Any, live: Live) -> Undo:
    id_ = client.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    client.attach_vpn_gateway(VpcId=vpc(live), VpnGatewayId=id_)

    def undo() -> None:
        client.detach_vpn_gateway(VpcId=vpc(live), VpnGatewayId=id_)
        client.delete_vpn_gateway(VpnGatewayId=id_)

    return undo


def _egress_only(client: Any, live: Live) -> Undo:
    made_ = client.create_egress_only_internet_gateway(VpcId=vpc(live))
    id_ = made_["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    return lambda: client.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=id_)


def _nat(client: Any, live: Live) -> Undo:
    made_ = client.create_nat_gateway(SubnetId=subnet(live), ConnectivityType="private")
    id_ = made_["NatGateway"]["NatGatewayId"]
    return lambda: live.backend("ec2").nat_gateways.pop(id_)


def _block(client: Any, live: Live) -> Undo:
    made_ = client.associate_vpc_cidr_block(VpcId=vpc(live), CidrBlock="100.64.0.0/16")
    id_ = made_["CidrBlockAssociation"]["AssociationId"]
    return lambda: client.disassociate_vpc_cidr_block(AssociationId=id_)


def _second_gateway(client: Any, live: Live) -> Undo:
    id_ = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    stored = live.backend("ec2").internet_gateways[id_]
    stored.vpc = live.backend("ec2").vpcs[vpc(live)]  # AWS allows a second one for some accounts only

    def undo() -> None:
        stored.vpc = None
        client.delete_internet_gateway(InternetGatewayId=id_)

    return undo


def _dhcp(client: Any, live: Live) -> Undo:
    options = [{"Key": "domain-name-servers", "Values": ["203.0.113.53"]}]
    id_ = client.create_dhcp_options(DhcpConfigurations=options)["DhcpOptions"]["DhcpOptionsId"]
    stored = live.backend("ec2").vpcs[vpc(live)]
    before = stored.dhcp_options
    client.associate_dhcp_options(DhcpOptionsId=id_, VpcId=vpc(live))
    return lambda: setattr(stored, "dhcp_options", before)


def _mirror(client: Any, live: Live) -> Undo:
    eni = interface(live)
    target = client.create_traffic_mirror_target(NetworkInterfaceId=eni)["TrafficMirrorTarget"]
    filter_ = client.create_traffic_mirror_filter()["TrafficMirrorFilter"]["TrafficMirrorFilterId"]
    made_ = client.create_traffic_mirror_session(
        NetworkInterfaceId=eni,
        TrafficMirrorTargetId=target["TrafficMirrorTargetId"],
        TrafficMirrorFilterId=filter_,
        SessionNumber=1,
    )
    id_ = made_["TrafficMirrorSession"]["TrafficMirrorSessionId"]

    def undo() -> None:
        live.backend("ec2").traffic_mirror_sessions.pop(id_, None)
        client.delete_network_interface(NetworkInterfaceId=eni)

    return undo


def _lent(client: Any, live: Live) -> Undo:
    eni = interface(live)
    made_ = client.create_network_interface_permission(
        NetworkInterfaceId=eni, AwsAccountId=STRANGER, Permission="INSTANCE-ATTACH"
    )
    id_ = made_["InterfacePermission"]["NetworkInterfacePermissionId"]

    def undo() -> None:
        client.delete_network_interface_permission(NetworkInterfacePermissionId=id_)
        client.delete_network_interface(NetworkInterfaceId=eni)

    return undo


def _connect(client: Any, live: Live) -> Undo:
    made_ = client.create_instance_connect_endpoint(SubnetId=subnet(live))["InstanceConnectEndpoint"]
    id_ = made_["InstanceConnectEndpointId"]
    return lambda: client.delete_instance_connect_endpoint(InstanceConnectEndpointId=id_)


def _instance(client: Any, live: Live) -> Undo:
    image = client.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    made_ = client.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet(live))
    id_ = made_["Instances"][0]["InstanceId"]
    return lambda: client.terminate_instances(InstanceIds=[id_])


def _flow(client: Any, live: Live) -> Undo:
    live.sandbox.client("s3").create_bucket(
        Bucket="flow-by-hand", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    made_ = client.create_flow_logs(
        ResourceIds=[subnet(live)],
        ResourceType="Subnet",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flow-by-hand",
    )
    return lambda: client.delete_flow_logs(FlowLogIds=made_["FlowLogIds"])


def _zone(live: Live) -> Undo:
    client = live.client("route53")
    live.touched.add("route53")
    made_ = client.create_hosted_zone(
        Name="internal.example.com",
        CallerReference="by-hand",
        HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCId": vpc(live), "VPCRegion": "eu-west-1"},
    )
    return lambda: client.delete_hosted_zone(Id=made_["HostedZone"]["Id"])


def _resolver_rule(live: Live) -> Undo:
    client = live.client("route53resolver")
    group = inside(live, "describe_security_groups", "SecurityGroups")[0]["GroupId"]
    subnets = [one["SubnetId"] for one in inside(live, "describe_subnets", "Subnets")[:2]]
    endpoint = client.create_resolver_endpoint(
        CreatorRequestId="by-hand",
        Name="by-hand",
        SecurityGroupIds=[group],
        Direction="OUTBOUND",
        IpAddresses=[{"SubnetId": one} for one in subnets],
    )["ResolverEndpoint"]["Id"]
    rule = client.create_resolver_rule(
        CreatorRequestId="by-hand",
        Name="by-hand",
        RuleType="FORWARD",
        DomainName="example.com",
        TargetIps=[{"Ip": "203.0.113.53", "Port": 53}],
        ResolverEndpointId=endpoint,
    )["ResolverRule"]["Id"]
    client.associate_resolver_rule(ResolverRuleId=rule, VPCId=vpc(live))

    def undo() -> None:
        client.disassociate_resolver_rule(ResolverRuleId=rule, VPCId=vpc(live))
        client.delete_resolver_rule(ResolverRuleId=rule)
        client.delete_resolver_endpoint(ResolverEndpointId=endpoint)

    return undo


def _query_log(live: Live) -> Undo:
    client = live.client("route53resolver")
    made_ = client.create_resolver_query_log_config(
        Name="by-hand", DestinationArn="arn:aws:s3:::elsewhere", CreatorRequestId="by-hand-2"
    )
    id_ = made_["ResolverQueryLogConfig"]["Id"]
    client.associate_resolver_query_log_config(ResolverQueryLogConfigId=id_, ResourceId=vpc(live))
    return lambda: live.backend("route53resolver").resolver_query_log_config_associations.clear()


def _firewall(live: Live) -> Undo:
    client = live.client("route53resolver")
    made_ = client.associate_firewall_rule_group(
        CreatorRequestId="by-hand",
        FirewallRuleGroupId="rslvr-frg-by-hand",
        VpcId=vpc(live),
        Priority=101,
        Name="by-hand",
    )
    id_ = made_["FirewallRuleGroupAssociation"]["Id"]
    return lambda: client.disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=id_)


def _lattice(live: Live) -> Undo:
    client = live.client("vpc-lattice")
    network = client.create_service_network(name="by-hand")["id"]
    client.create_service_network_vpc_association(serviceNetworkIdentifier=network, vpcIdentifier=vpc(live))
    return lambda: live.backend("vpc-lattice").service_network_vpc_associations.clear()


def _acl(client: Any, live: Live) -> Undo:
    acls = client.describe_network_acls()["NetworkAcls"]
    link = next(each for one in acls for each in one["Associations"] if each["SubnetId"] == subnet(live))
    id_ = client.create_network_acl(VpcId=vpc(live))["NetworkAcl"]["NetworkAclId"]
    new = client.replace_network_acl_association(
        AssociationId=link["NetworkAclAssociationId"], NetworkAclId=id_
    )["NewAssociationId"]

    def undo() -> None:
        client.replace_network_acl_association(AssociationId=new, NetworkAclId=link["NetworkAclId"])
        client.delete_network_acl(NetworkAclId=id_)

    return undo


def _public(client: Any, live: Live) -> Undo:
    eni = interface(live)
    address = client.allocate_address(Domain="vpc")["AllocationId"]
    link = client.associate_address(AllocationId=address, NetworkInterfaceId=eni)["AssociationId"]

    def undo() -> None:
        client.disassociate_address(AssociationId=link)
        client.release_address(AllocationId=address)
        client.delete_network_interface(NetworkInterfaceId=eni)

    return undo


def _share(live: Live) -> Undo:
    client = live.client("ram")
    arn = f"arn:aws:ec2:eu-west-1:222233334444:subnet/{subnet(live)}"
    made_ = client.create_resource_share(name="by-hand", principals=[STRANGER], resourceArns=[arn])
    return lambda: client.delete_resource_share(resourceShareArn=made_["resourceShare"]["resourceShareArn"])


def _table(live: Live) -> Any:
    tables = live.backend("ec2").route_tables
    return next(one for one in tables.values() if one.vpc_id == vpc(live))


def _route(client: Any, live: Live) -> Undo:
    eni, table = interface(live), _table(live).id
    given = {"RouteTableId": table, "DestinationCidrBlock": "198.51.100.0/24"}
    client.create_route(**given, NetworkInterfaceId=eni)

    def undo() -> None:
        client.delete_route(**given)
        client.delete_network_interface(NetworkInterfaceId=eni)

    return undo


def _propagated(live: Live) -> Undo:
    table = _table(live)
    live.touched.add("ec2")
    table.propagating_vgws = [{"GatewayId": "vgw-by-hand"}]  # moto keeps none
    return lambda: setattr(table, "propagating_vgws", [])


def _entry(client: Any, live: Live) -> Undo:
    gateway = internet_gateway(live)
    made_ = client.associate_route_table(RouteTableId=_table(live).id, GatewayId=gateway)
    return lambda: client.disassociate_route_table(AssociationId=made_["AssociationId"])


def internet_gateway(live: Live) -> str:
    """The internet gateway of the VPC."""
    filters = [{"Name": "attachment.vpc-id", "Values": [vpc(live)]}]
    found = live.client("ec2").describe_internet_gateways(Filters=filters)["InternetGateways"]
    return found[0]["InternetGatewayId"]


def _vpc_of_group(client: Any, live: Live) -> Undo:
    group = next(
        one["GroupId"]
        for one in inside(live, "describe_security_groups", "SecurityGroups")
        if one["GroupName"] == "aiponge-user"
    )
    given = {"GroupId": group, "VpcId": "vpc-0123456789abcdef0"}
    client.associate_security_group_vpc(**given)
    return lambda: client.disassociate_security_group_vpc(**given)


def _transfer(client: Any, live: Live) -> Undo:
    address = client.describe_addresses()["Addresses"][0]["AllocationId"]
    client.enable_address_transfer(AllocationId=address, TransferAccountId=STRANGER)
    return lambda: client.disable_address_transfer(AllocationId=address)


PLANTS = (
    Plant(VPC, "peering", of_ec2(_peering), "has the undeclared peering pcx-"),
    Plant(VPC, "transit gateway", of_ec2(_transit), "is attached to the transit gateway tgw-"),
    Plant(VPC, "VPN gateway", of_ec2(_vpn), "has the undeclared VPN gateway vgw-"),
    Plant(VPC, "egress-only internet gateway", of_ec2(_egress_only), "has the undeclared gateway eigw-"),
    Plant(VPC, "NAT gateway", of_ec2(_nat), "has the undeclared NAT gateway nat-"),
    Plant(VPC, "address block", of_ec2(_block), "has the undeclared address block 100.64.0.0/16"),
    Plant(VPC, "DHCP options", of_ec2(_dhcp), "names are resolved by 203.0.113.53"),
    Plant(VPC, "traffic mirror", of_ec2(_mirror), "is copied to traf-mir-tar-"),
    Plant(VPC, "permission on a network interface", of_ec2(_lent), f"the account {STRANGER} may attach eni-"),
    Plant(VPC, "EC2 Instance Connect endpoint", of_ec2(_connect), "from the internet through eice-"),
    Plant(VPC, "instance", of_ec2(_instance), "runs in it"),
    Plant(VPC, "flow log", of_ec2(_flow), "records its traffic to arn:aws:s3:::flow-by-hand"),
    Plant(VPC, "private hosted zone", _zone, "of the undeclared zone internal.example.com"),
    Plant(VPC, "Resolver rule", _resolver_rule, "resolves names by the undeclared rule rslvr-rr-"),
    Plant(VPC, "Resolver query log", _query_log, "its name queries are logged by the undeclared"),
    Plant(VPC, "DNS firewall", _firewall, "by the undeclared DNS firewall rslvr-frg-by-hand"),
    Plant(VPC, "VPC Lattice service network", _lattice, "is associated with the service network sn-"),
    Plant(GATEWAY, "second gateway", of_ec2(_second_gateway), "has the undeclared internet gateway igw-"),
    Plant(SUBNET, "network ACL", of_ec2(_acl), "has the undeclared network ACL acl-"),
    Plant(SUBNET, "public address", of_ec2(_public), "outside the public subnets"),
    Plant(SUBNET, "share", _share, "AWS RAM shares arn:aws:ec2:eu-west-1:222233334444:subnet/"),
    Plant(TABLE, "route", of_ec2(_route), "routes 198.51.100.0/24 to eni-"),
    Plant(TABLE, "propagation", _propagated, "takes routes from the VPN gateway vgw-by-hand"),
    Plant(TABLE, "gateway", of_ec2(_entry), "decides the routes of what enters through igw-"),
    Plant(GROUP, "other VPC", of_ec2(_vpc_of_group), "is also used in vpc-0123456789abcdef0"),
    Plant(ADDRESS, "transfer", of_ec2(_transfer), f"is offered to the account {STRANGER}"),
)
