"""VPC: security groups with their inline rules."""

from __future__ import annotations

from typing import Any

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row, Stays, made_again, row
from sandbox.provider.types.network.vpc import of_vpc

EVERYWHERE = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def permission(rule: Inputs, group: str = "") -> Inputs:
    """One rule, inline or standalone, in EC2's form."""
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


def inline_rule(permission: Inputs, group: str) -> Inputs:
    """One permission of EC2 as an inline rule."""
    pairs = permission.get("UserIdGroupPairs", [])
    parts = [*permission.get("IpRanges", []), *permission.get("Ipv6Ranges", []), *pairs]
    parts += permission.get("PrefixListIds", [])
    return {
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
        "cidrBlocks": [one["CidrIp"] for one in permission.get("IpRanges", [])],
        "ipv6CidrBlocks": [one["CidrIpv6"] for one in permission.get("Ipv6Ranges", [])],
        "prefixListIds": [one["PrefixListId"] for one in permission.get("PrefixListIds", [])],
        "securityGroups": [one["GroupId"] for one in pairs if one["GroupId"] != group],
        "self": group in [one["GroupId"] for one in pairs],
        "description": next((one["Description"] for one in parts if one.get("Description")), None),
    }


def read_group(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the group; its rules only where it declares them inline: others are resources of their own."""
    found = context.send("ec2.describe_security_groups", {"GroupIds": [id_]})["SecurityGroups"][0]
    rules = {"ingress": found["IpPermissions"], "egress": found["IpPermissionsEgress"]}
    return {
        "name": found["GroupName"],
        "description": found["Description"],
        "vpcId": found["VpcId"],
        "tagsAll": tagging.as_map(found.get("Tags")),
        **{way: [inline_rule(one, id_) for one in rules[way]] for way in rules if way in have},
    }


def read_default_group(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the VPC's default group, whose name and description AWS gives."""
    found = read_group(context, id_, have) or {}
    return {key: value for key, value in found.items() if key not in ("name", "description")}


def group_rules(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Remove AWS's allow-all egress, as the real provider does, and add the inline rules."""
    ec2 = context.client("ec2")
    ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=EVERYWHERE)
    for way in ("ingress", "egress"):
        if rules := [permission(rule, id_) for rule in inputs.get(way, [])]:
            getattr(ec2, f"authorize_security_group_{way}")(GroupId=id_, IpPermissions=rules)
    return {}


def default_group(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Adopt the VPC's default security group and replace its rules with the given ones."""
    ec2 = context.client("ec2")
    found = ec2.describe_security_groups(Filters=of_vpc(inputs["vpcId"], group_name="default"))
    group = found["SecurityGroups"][0]
    for way, present in (("ingress", group["IpPermissions"]), ("egress", group["IpPermissionsEgress"])):
        if present:
            getattr(ec2, f"revoke_security_group_{way}")(GroupId=group["GroupId"], IpPermissions=present)
        if rules := [permission(rule, group["GroupId"]) for rule in inputs.get(way, [])]:
            getattr(ec2, f"authorize_security_group_{way}")(GroupId=group["GroupId"], IpPermissions=rules)
    return group["GroupId"], {}


row(
    "ec2/securityGroup:SecurityGroup",
    "ec2.create_security_group",
    id="GroupId",
    read="describe_security_groups(GroupIds=[{id}]).SecurityGroups[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:security-group/{id} ownerId:OwnerId",
    name="name",
    rename="name:GroupName",
    skip="revokeRulesOnDelete",
    more=group_rules,
    delete="delete_security_group(GroupId={id})",
    reader=read_group,
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    computed="ingress egress vpcId",
    replace="name description vpcId",
    parts="ingress egress",
)
row(
    "ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "ec2.revoke_security_group_ingress",
    read="describe_security_groups(GroupIds=[{id}]).SecurityGroups[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:security-group/{id} ownerId:OwnerId",
    make=default_group,
    reader=read_default_group,
    defaults={"revokeRulesOnDelete": False},
    skip="revokeRulesOnDelete",
    computed="ingress egress",
    delete=Stays("AWS deletes a default group only together with its VPC"),
    change=made_again(default_group),
    changes="ingress egress",
    replace="vpcId",
)
