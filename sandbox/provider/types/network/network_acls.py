"""VPC: network ACLs, their entries, and the subnets under them."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row, Stays, made_again, row
from sandbox.provider.types.network.vpc import of_vpc


def acl_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Create the ACL's entries and associations, each with its own call."""
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
    """Associate one subnet with an ACL; return the association's id."""
    ec2 = context.client("ec2")
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    held = ec2.describe_network_acls(Filters=filters)["NetworkAcls"][0]["Associations"]
    old = next(a["NetworkAclAssociationId"] for a in held if a["SubnetId"] == subnet)
    done = ec2.replace_network_acl_association(AssociationId=old, NetworkAclId=acl)
    return done["NewAssociationId"]


def acl_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Delete the entries and create the new ones."""
    ec2 = context.client("ec2")
    for way in ("ingress", "egress"):
        for rule in old.get(way, []):
            ec2.delete_network_acl_entry(
                NetworkAclId=id_, RuleNumber=int(rule["ruleNo"]), Egress=way == "egress"
            )
    acl_parts(context, id_, new, {})


def _default_acl(context: Context, vpc: str) -> str:
    filters = [*of_vpc(vpc), {"Name": "default", "Values": ["true"]}]
    return context.client("ec2").describe_network_acls(Filters=filters)["NetworkAcls"][0]["NetworkAclId"]


def delete_acl(context: Context, id_: str, have: Inputs) -> None:
    """Return the ACL's subnets to the VPC's default ACL, then delete it."""
    ec2 = context.client("ec2")
    found = ec2.describe_network_acls(NetworkAclIds=[id_])["NetworkAcls"][0]
    for association in found["Associations"]:
        ec2.replace_network_acl_association(
            AssociationId=association["NetworkAclAssociationId"],
            NetworkAclId=_default_acl(context, found["VpcId"]),
        )
    ec2.delete_network_acl(NetworkAclId=id_)


def acl_association(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Associate a subnet with an ACL, as a resource of its own."""
    return move_subnet(context, inputs["subnetId"], inputs["networkAclId"]), {}


def drop_acl_association(context: Context, id_: str, have: Inputs) -> None:
    """Return the subnet to the default ACL."""
    vpc = context.client("ec2").describe_subnets(SubnetIds=[have["subnetId"]])["Subnets"][0]["VpcId"]
    move_subnet(context, have["subnetId"], _default_acl(context, vpc))


def default_acl(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Adopt the VPC's default ACL: replace its entries, except AWS's last one."""
    id_ = inputs["defaultNetworkAclId"]
    ec2 = context.client("ec2")
    for entry in ec2.describe_network_acls(NetworkAclIds=[id_])["NetworkAcls"][0]["Entries"]:
        if entry["RuleNumber"] < 32767:
            ec2.delete_network_acl_entry(
                NetworkAclId=id_, RuleNumber=entry["RuleNumber"], Egress=entry["Egress"]
            )
    acl_parts(context, id_, inputs, {})
    return id_, {}


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
    "ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "ec2.create_network_acl_entry",
    read="describe_network_acls(NetworkAclIds=[{id}]).NetworkAcls[0]",
    out="arn=arn:{p}:ec2:{r}:{a}:network-acl/{id} ownerId:OwnerId vpcId:VpcId",
    make=default_acl,
    delete=Stays("AWS deletes a default network ACL only together with its VPC"),
    change=made_again(default_acl),
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
