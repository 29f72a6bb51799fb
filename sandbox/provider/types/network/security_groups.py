"""VPC: security groups and their rules."""

from __future__ import annotations

from typing import Any

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row, row
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


def group_rules(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Remove AWS's allow-all egress, as the real provider does, and add the inline rules."""
    ec2 = context.client("ec2")
    ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=EVERYWHERE)
    for way in ("ingress", "egress"):
        if rules := [permission(rule, id_) for rule in inputs.get(way, [])]:
            getattr(ec2, f"authorize_security_group_{way}")(GroupId=id_, IpPermissions=rules)
    return {}


def group_rule(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Create one standalone rule."""
    params = {"GroupId": inputs["securityGroupId"], "IpPermissions": [permission(inputs)]}
    return context.send(row.op, params)["SecurityGroupRules"][0]["SecurityGroupRuleId"], {}


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


def default_group_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Replace the rules again."""
    default_group(context, Row("", ""), new)


def exclusive_rules(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Remove every rule of the group that is not listed."""
    ec2, group = context.client("ec2"), inputs["securityGroupId"]
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    kept = {*inputs.get("ingressRuleIds", []), *inputs.get("egressRuleIds", [])}
    for way, outward in (("ingress", False), ("egress", True)):
        here = [rule for rule in found["SecurityGroupRules"] if rule["IsEgress"] is outward]
        if extra := [r["SecurityGroupRuleId"] for r in here if r["SecurityGroupRuleId"] not in kept]:
            getattr(ec2, f"revoke_security_group_{way}")(GroupId=group, SecurityGroupRuleIds=extra)
    return group, {}


def exclusive_rules_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Remove the rules that the new list lacks."""
    exclusive_rules(context, Row("", ""), new)


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
    "ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
    "ec2.revoke_security_group_ingress",
    make=exclusive_rules,
    change=exclusive_rules_change,
    changes="ingressRuleIds egressRuleIds",
    replace="securityGroupId",
    tags="none",
)
