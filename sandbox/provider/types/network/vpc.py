"""VPC: the VPC itself, subnets, gateways, flow logs, encryption controls."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row


def of_vpc(vpc: str, **more: str) -> list[Inputs]:
    """Filters for the resources of one VPC."""
    return [
        {"Name": "vpc-id", "Values": [vpc]},
        *({"Name": k.replace("_", "-"), "Values": [v]} for k, v in more.items()),
    ]


def vpc_defaults(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """The security group, route table and network ACL that AWS creates with every VPC."""
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
    """Detach the gateway, because AWS refuses to delete an attached one."""
    if have.get("vpcId"):
        context.client("ec2").detach_internet_gateway(InternetGatewayId=id_, VpcId=have["vpcId"])
    context.client("ec2").delete_internet_gateway(InternetGatewayId=id_)


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
    keeps="the deletion of a NAT gateway",
    replace="allocationId subnetId connectivityType",
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
    missing_operation="create_vpc_encryption_control",
)
