"""The VPC and what is in it: subnets, routes, security groups, endpoints, access lists."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row


def of_vpc(vpc: str, **more: str) -> list[Inputs]:
    """Filters for what is inside one VPC."""
    return [
        {"Name": "vpc-id", "Values": [vpc]},
        *({"Name": k.replace("_", "-"), "Values": [v]} for k, v in more.items()),
    ]


def vpc_defaults(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """The group, table and access list that AWS makes with every VPC."""
    ec2 = context.client("ec2")
    table = ec2.describe_route_tables(Filters=of_vpc(id_))["RouteTables"][0]["RouteTableId"]
    group = ec2.describe_security_groups(Filters=of_vpc(id_))["SecurityGroups"][0]["GroupId"]
    acl = ec2.describe_network_acls(Filters=of_vpc(id_))["NetworkAcls"][0]["NetworkAclId"]
    return {
        "defaultSecurityGroupId": group,
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        "defaultNetworkAclId": acl,
    }


def release_gateway(context: Context, id_: str, have: Inputs) -> None:
    """An attached gateway cannot be deleted."""
    if have.get("vpcId"):
        context.client("ec2").detach_internet_gateway(InternetGatewayId=id_, VpcId=have["vpcId"])
    context.client("ec2").delete_internet_gateway(InternetGatewayId=id_)


def inline_routes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """``routes`` on the table itself."""
    for route in inputs.get("routes", []):
        named = {
            ("destinationCidrBlock" if key == "cidrBlock" else key): value for key, value in route.items()
        }
        context.call("ec2.create_route", {**named, "routeTableId": id_})
    return {}


def endpoint_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Sends what an endpoint may change: its policy, and what was added and removed."""
    params: Inputs = {"VpcEndpointId": id_}
    if old.get("policy") != new.get("policy") and new.get("policy"):
        params["PolicyDocument"] = new["policy"]
    for key, member in (
        ("routeTableIds", "RouteTableIds"),
        ("subnetIds", "SubnetIds"),
        ("securityGroupIds", "SecurityGroupIds"),
    ):
        before, after = set(old.get(key) or []), set(new.get(key) or [])
        params |= {f"Add{member}": sorted(after - before)} if after - before else {}
        params |= {f"Remove{member}": sorted(before - after)} if before - after else {}
    context.send("ec2.modify_vpc_endpoint", params)


def flow_log(context: Context, inputs: Inputs) -> Inputs:
    """One of three ids becomes resource and type."""
    kinds = (("VPC", "vpcId"), ("Subnet", "subnetId"), ("NetworkInterface", "eniId"))
    kind, key = next((kind, key) for kind, key in kinds if inputs.get(key))
    rest = {k: v for k, v in inputs.items() if k not in ("vpcId", "subnetId", "eniId")}
    return {"resourceIds": [inputs[key]], "resourceType": kind, **rest}


row(
    "ec2/vpc:Vpc",
    "ec2.create_vpc",
    id="Vpc.VpcId",
    read="describe_vpcs(VpcIds=[{id}]).Vpcs[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:vpc/{id} ownerId:OwnerId",
    more=vpc_defaults,
    after=(
        Call("modify_vpc_attribute", "VpcId={id}", "enableDnsSupport"),
        Call("modify_vpc_attribute", "VpcId={id}", "enableDnsHostnames"),
    ),
    delete="delete_vpc(VpcId={id})",
    replace="cidrBlock instanceTenancy",
)
row(
    "ec2/subnet:Subnet",
    "ec2.create_subnet",
    id="Subnet.SubnetId",
    read="describe_subnets(SubnetIds=[{id}]).Subnets[0]",
    out=(
        "arn:SubnetArn availabilityZone:AvailabilityZone availabilityZoneId:AvailabilityZoneId "
        "ownerId:OwnerId"
    ),
    after=(Call("modify_subnet_attribute", "SubnetId={id}", "mapPublicIpOnLaunch"),),
    delete="delete_subnet(SubnetId={id})",
    replace="cidrBlock availabilityZone vpcId",
)
row(
    "ec2/internetGateway:InternetGateway",
    "ec2.create_internet_gateway",
    id="InternetGateway.InternetGatewayId",
    read="describe_internet_gateways(InternetGatewayIds=[{id}]).InternetGateways[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:internet-gateway/{id}",
    after=(Call("attach_internet_gateway", "InternetGatewayId={id}", "vpcId"),),
    delete=release_gateway,
)
row(
    "ec2/eip:Eip",
    "ec2.allocate_address",
    id="AllocationId",
    read="describe_addresses(AllocationIds=[{id}]).Addresses[0]",
    out="publicIp:PublicIp allocationId:AllocationId publicDns:PublicDnsName",
    rename="instance:InstanceId networkInterface:NetworkInterfaceId",
    after=(Call("associate_address", "AllocationId={id}", "instance networkInterface"),),
    delete="release_address(AllocationId={id})",
)
row(
    "ec2/natGateway:NatGateway",
    "ec2.create_nat_gateway",
    id="NatGateway.NatGatewayId",
    read="describe_nat_gateways(NatGatewayIds=[{id}]).NatGateways[0]",
    out=(
        "publicIp:NatGatewayAddresses[0].PublicIp "
        "networkInterfaceId:NatGatewayAddresses[0].NetworkInterfaceId"
    ),
    delete="delete_nat_gateway(NatGatewayId={id})",
    replace="allocationId subnetId connectivityType",
)
row(
    "ec2/routeTable:RouteTable",
    "ec2.create_route_table",
    id="RouteTable.RouteTableId",
    read="describe_route_tables(RouteTableIds=[{id}]).RouteTables[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:route-table/{id} ownerId:OwnerId",
    more=inline_routes,
    delete="delete_route_table(RouteTableId={id})",
    replace="vpcId",
    parts="routes",
)
row(
    "ec2/route:Route",
    "ec2.create_route",
    id="r-{routeTableId}-{destinationCidrBlock}",
    read="describe_route_tables(RouteTableIds=[{routeTableId}]).RouteTables[0].Routes[?DestinationCidrBlock=='{destinationCidrBlock}']|[0]",
    out="state:State origin:Origin",
    delete="delete_route(RouteTableId={routeTableId},DestinationCidrBlock={destinationCidrBlock})",
    replace="routeTableId destinationCidrBlock",
    update=(
        Call(
            "replace_route",
            "RouteTableId={routeTableId},DestinationCidrBlock={destinationCidrBlock}",
            "gatewayId natGatewayId vpcEndpointId",
        ),
    ),
)
row(
    "ec2/routeTableAssociation:RouteTableAssociation",
    "ec2.associate_route_table",
    id="AssociationId",
    read="describe_route_tables(RouteTableIds=[{routeTableId}]).RouteTables[0].Associations[?RouteTableAssociationId=='{id}']|[0]",
    delete="disassociate_route_table(AssociationId={id})",
    replace="*",
)
row(
    "ec2/vpcEndpoint:VpcEndpoint",
    "ec2.create_vpc_endpoint",
    id="VpcEndpoint.VpcEndpointId",
    read="describe_vpc_endpoints(VpcEndpointIds=[{id}]).VpcEndpoints[0]",
    out=("arn=arn:{p}:{s}:{r}:{a}:vpc-endpoint/{id} state:State networkInterfaceIds:NetworkInterfaceIds"),
    rename="policy:PolicyDocument",
    skip="autoAccept",
    delete="delete_vpc_endpoints(VpcEndpointIds=[{id}])",
    replace="vpcId serviceName vpcEndpointType",
    change=endpoint_change,
    changes="policy routeTableIds subnetIds securityGroupIds privateDnsEnabled",
)
row(
    "ec2/flowLog:FlowLog",
    "ec2.create_flow_logs",
    id="FlowLogIds[0]",
    read="describe_flow_logs(FlowLogIds=[{id}]).FlowLogs[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:vpc-flow-log/{id}",
    rename="iamRoleArn:DeliverLogsPermissionArn",
    pre=flow_log,
    delete="delete_flow_logs(FlowLogIds=[{id}])",
    replace="*",
)
row(
    "ec2/vpcEncryptionControl:VpcEncryptionControl",
    "ec2.create_vpc_encryption_control",
    id="VpcEncryptionControl.VpcEncryptionControlId",
    read="describe_vpc_encryption_controls(VpcEncryptionControlIds=[{id}]).VpcEncryptionControls[0]",
    out="state:State",
    after=(
        Call(
            "modify_vpc_encryption_control",
            "VpcEncryptionControlId={id}",
            "mode internetGatewayExclusion egressOnlyInternetGatewayExclusion natGatewayExclusion "
            "virtualPrivateGatewayExclusion vpcPeeringExclusion lambdaExclusion vpcLatticeExclusion "
            "elasticFileSystemExclusion",
        ),
    ),
    replace="vpcId",
    delete="delete_vpc_encryption_control(VpcEncryptionControlId={id})",
    absent="create_vpc_encryption_control",
)
