"""The VPC and what is in it: subnets, routes, security groups, endpoints, access lists."""

from __future__ import annotations

from typing import Any

from sandbox.calls import Context
from sandbox.rows import Call, Inputs, Row, row

EVERYWHERE = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def _of_vpc(vpc: str, **more: str) -> list[Inputs]:
    return [
        {"Name": "vpc-id", "Values": [vpc]},
        *({"Name": k.replace("_", "-"), "Values": [v]} for k, v in more.items()),
    ]


def vpc_defaults(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """The group, table and access list that AWS makes with every VPC."""
    ec2 = context.client("ec2")
    table = ec2.describe_route_tables(Filters=_of_vpc(id_))["RouteTables"][0]["RouteTableId"]
    group = ec2.describe_security_groups(Filters=_of_vpc(id_))["SecurityGroups"][0]["GroupId"]
    acl = ec2.describe_network_acls(Filters=_of_vpc(id_))["NetworkAcls"][0]["NetworkAclId"]
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


def permission(rule: Inputs, group: str = "") -> Inputs:
    """One rule, inline or standalone, as EC2 writes it."""
    out: dict[str, Any] = {"IpProtocol": str(rule.get("protocol", rule.get("ipProtocol")))}
    if out["IpProtocol"] != "-1":
        out.update(FromPort=int(rule["fromPort"]), ToPort=int(rule["toPort"]))
    note = {"Description": rule["description"]} if rule.get("description") else {}
    for many, one, member, key in (
        ("cidrBlocks", "cidrIpv4", "IpRanges", "CidrIp"),
        ("ipv6CidrBlocks", "cidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("securityGroups", "referencedSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("prefixListIds", "prefixListId", "PrefixListIds", "PrefixListId"),
    ):
        for value in rule.get(many) or ([rule[one]] if rule.get(one) else []):
            out.setdefault(member, []).append({key: value, **note})
    if rule.get("self"):
        out.setdefault("UserIdGroupPairs", []).append({"GroupId": group, **note})
    return out


def group_rules(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Takes off AWS's allow-all egress, as the real provider does, and puts on the inline rules."""
    ec2 = context.client("ec2")
    ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=EVERYWHERE)
    for way in ("ingress", "egress"):
        if rules := [permission(rule, id_) for rule in inputs.get(way, [])]:
            getattr(ec2, f"authorize_security_group_{way}")(GroupId=id_, IpPermissions=rules)
    return {}


def group_rule(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """One standalone rule."""
    params = {"GroupId": inputs["securityGroupId"], "IpPermissions": [permission(inputs)]}
    return context.send(row.op, params)["SecurityGroupRules"][0]["SecurityGroupRuleId"], {}


def default_group(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Adopts the VPC's default group and makes its rules exactly the given ones."""
    ec2 = context.client("ec2")
    found = ec2.describe_security_groups(Filters=_of_vpc(inputs["vpcId"], group_name="default"))
    group = found["SecurityGroups"][0]
    for way, present in (("ingress", group["IpPermissions"]), ("egress", group["IpPermissionsEgress"])):
        if present:
            getattr(ec2, f"revoke_security_group_{way}")(GroupId=group["GroupId"], IpPermissions=present)
        if rules := [permission(rule, group["GroupId"]) for rule in inputs.get(way, [])]:
            getattr(ec2, f"authorize_security_group_{way}")(GroupId=group["GroupId"], IpPermissions=rules)
    return group["GroupId"], {}


def default_group_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """The same again with the new rules."""
    default_group(context, Row("", ""), new)


def exclusive_rules(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Removes every rule of the group that is not listed: drift has no home here."""
    ec2, group = context.client("ec2"), inputs["securityGroupId"]
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    kept = {*inputs.get("ingressRuleIds", []), *inputs.get("egressRuleIds", [])}
    for way, outward in (("ingress", False), ("egress", True)):
        here = [rule for rule in found["SecurityGroupRules"] if rule["IsEgress"] is outward]
        if extra := [r["SecurityGroupRuleId"] for r in here if r["SecurityGroupRuleId"] not in kept]:
            getattr(ec2, f"revoke_security_group_{way}")(GroupId=group, SecurityGroupRuleIds=extra)
    return group, {}


def exclusive_rules_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """The same again with the new list."""
    exclusive_rules(context, Row("", ""), new)


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


def acl_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Entries and subnets of an access list are calls of their own."""
    ec2 = context.client("ec2")
    for way in ("ingress", "egress"):
        for rule in inputs.get(way, []):
            ec2.create_network_acl_entry(
                NetworkAclId=id_,
                RuleNumber=int(rule["ruleNo"]),
                Protocol=str(rule["protocol"]),
                RuleAction=rule["action"],
                Egress=way == "egress",
                CidrBlock=rule.get("cidrBlock", "0.0.0.0/0"),
                PortRange={"From": int(rule["fromPort"]), "To": int(rule["toPort"])},
            )
    for subnet in inputs.get("subnetIds", []):
        move_subnet(context, subnet, id_)
    return {}


def move_subnet(context: Context, subnet: str, acl: str) -> str:
    """Put one subnet under an access list; answers the association's id."""
    ec2 = context.client("ec2")
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    held = ec2.describe_network_acls(Filters=filters)["NetworkAcls"][0]["Associations"]
    old = next(a["NetworkAclAssociationId"] for a in held if a["SubnetId"] == subnet)
    done = ec2.replace_network_acl_association(AssociationId=old, NetworkAclId=acl)
    return done["NewAssociationId"]


def acl_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Entries are taken off and put on again."""
    ec2 = context.client("ec2")
    for way in ("ingress", "egress"):
        for rule in old.get(way, []):
            ec2.delete_network_acl_entry(
                NetworkAclId=id_, RuleNumber=int(rule["ruleNo"]), Egress=way == "egress"
            )
    acl_parts(context, id_, new, {})


def _default_acl(context: Context, vpc: str) -> str:
    filters = [*_of_vpc(vpc), {"Name": "default", "Values": ["true"]}]
    return context.client("ec2").describe_network_acls(Filters=filters)["NetworkAcls"][0]["NetworkAclId"]


def delete_acl(context: Context, id_: str, have: Inputs) -> None:
    """Its subnets go back to the VPC's default list first."""
    ec2 = context.client("ec2")
    found = ec2.describe_network_acls(NetworkAclIds=[id_])["NetworkAcls"][0]
    for association in found["Associations"]:
        ec2.replace_network_acl_association(
            AssociationId=association["NetworkAclAssociationId"],
            NetworkAclId=_default_acl(context, found["VpcId"]),
        )
    ec2.delete_network_acl(NetworkAclId=id_)


def acl_association(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """A subnet under a list, as a resource of its own."""
    return move_subnet(context, inputs["subnetId"], inputs["networkAclId"]), {}


def drop_acl_association(context: Context, id_: str, have: Inputs) -> None:
    """Back to the default list."""
    vpc = context.client("ec2").describe_subnets(SubnetIds=[have["subnetId"]])["Subnets"][0]["VpcId"]
    move_subnet(context, have["subnetId"], _default_acl(context, vpc))


def default_acl(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Adopts the VPC's default access list: all its entries but AWS's last one give way to the given ones."""
    id_ = inputs["defaultNetworkAclId"]
    ec2 = context.client("ec2")
    for entry in ec2.describe_network_acls(NetworkAclIds=[id_])["NetworkAcls"][0]["Entries"]:
        if entry["RuleNumber"] < 32767:
            ec2.delete_network_acl_entry(
                NetworkAclId=id_, RuleNumber=entry["RuleNumber"], Egress=entry["Egress"]
            )
    acl_parts(context, id_, inputs, {})
    return id_, {}


def default_acl_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """The same again with the new entries."""
    default_acl(context, Row("", ""), new)


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
    "ec2/securityGroup:SecurityGroup",
    "ec2.create_security_group",
    id="GroupId",
    read="describe_security_groups(GroupIds=[{id}]).SecurityGroups[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:security-group/{id} ownerId:OwnerId",
    name="name",
    rename="name:GroupName",
    skip="revokeRulesOnDelete",
    const={"Description": "Managed by Pulumi"},
    more=group_rules,
    delete="delete_security_group(GroupId={id})",
    replace="name description vpcId",
    parts="ingress egress",
)
row(
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "ec2.authorize_security_group_ingress",
    read="describe_security_group_rules(SecurityGroupRuleIds=[{id}]).SecurityGroupRules[0]",
    out="arn:SecurityGroupRuleArn securityGroupRuleId:SecurityGroupRuleId",
    make=group_rule,
    delete="revoke_security_group_ingress(GroupId={securityGroupId},SecurityGroupRuleIds=[{id}])",
    replace="*",
)
row(
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "ec2.authorize_security_group_egress",
    read="describe_security_group_rules(SecurityGroupRuleIds=[{id}]).SecurityGroupRules[0]",
    out="arn:SecurityGroupRuleArn securityGroupRuleId:SecurityGroupRuleId",
    make=group_rule,
    delete="revoke_security_group_egress(GroupId={securityGroupId},SecurityGroupRuleIds=[{id}])",
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
    "ec2/networkAcl:NetworkAcl",
    "ec2.create_network_acl",
    id="NetworkAcl.NetworkAclId",
    read="describe_network_acls(NetworkAclIds=[{id}]).NetworkAcls[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:network-acl/{id} ownerId:OwnerId",
    more=acl_parts,
    delete=delete_acl,
    replace="vpcId",
    parts="ingress egress subnetIds",
    change=acl_change,
    changes="ingress egress subnetIds",
)
row(
    "ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "ec2.revoke_security_group_ingress",
    read="describe_security_groups(GroupIds=[{id}]).SecurityGroups[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:security-group/{id} ownerId:OwnerId",
    make=default_group,
    change=default_group_change,
    changes="ingress egress",
    replace="vpcId",
)
row(
    "ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "ec2.create_network_acl_entry",
    read="describe_network_acls(NetworkAclIds=[{id}]).NetworkAcls[0]",
    out="arn=arn:{p}:ec2:{r}:{a}:network-acl/{id} ownerId:OwnerId vpcId:VpcId",
    make=default_acl,
    change=default_acl_change,
    changes="ingress egress subnetIds",
    replace="defaultNetworkAclId",
)
row(
    "ec2/networkAclAssociation:NetworkAclAssociation",
    "ec2.replace_network_acl_association",
    make=acl_association,
    replace="*",
    delete=drop_acl_association,
    tags="none",
)
row(
    "ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
    "ec2.revoke_security_group_ingress",
    make=exclusive_rules,
    change=exclusive_rules_change,
    changes="ingressRuleIds egressRuleIds",
    replace="securityGroupId",
    tags="none",
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
