"""VPC: the rules of security groups, each a resource of its own."""

from __future__ import annotations

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row, Stays, made_again, row
from sandbox.provider.types.network.security_groups import permission


def group_rule(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Create one standalone rule."""
    params = {"GroupId": inputs["securityGroupId"], "IpPermissions": [permission(inputs)]}
    return context.send(row.op, params)["SecurityGroupRules"][0]["SecurityGroupRuleId"], {}


def read_rule(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read one standalone rule."""
    asked = {"SecurityGroupRuleIds": [id_]}
    found = context.send("ec2.describe_security_group_rules", asked)["SecurityGroupRules"][0]
    everything = found["IpProtocol"] == "-1"
    return {
        "securityGroupId": found["GroupId"],
        "ipProtocol": found["IpProtocol"],
        "fromPort": None if everything else found.get("FromPort"),
        "toPort": None if everything else found.get("ToPort"),
        "cidrIpv4": found.get("CidrIpv4"),
        "cidrIpv6": found.get("CidrIpv6"),
        "prefixListId": found.get("PrefixListId"),
        "referencedSecurityGroupId": found.get("ReferencedGroupInfo", {}).get("GroupId"),
        "description": found.get("Description"),
        "tagsAll": tagging.as_map(found.get("Tags")),
    }


def rule_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Send the whole rule, which keeps its id."""
    keys = "ipProtocol fromPort toPort cidrIpv4 cidrIpv6 prefixListId referencedSecurityGroupId description"
    rule = {key[0].upper() + key[1:]: new[key] for key in keys.split() if new.get(key) is not None}
    rule["ReferencedGroupId"] = rule.pop("ReferencedSecurityGroupId", None)
    rule = {"FromPort": -1, "ToPort": -1, **{key: value for key, value in rule.items() if value is not None}}
    changed = [{"SecurityGroupRuleId": id_, "SecurityGroupRule": rule}]
    params = {"GroupId": new["securityGroupId"], "SecurityGroupRules": changed}
    context.send("ec2.modify_security_group_rules", params)


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


for _way in ("Ingress", "Egress"):
    row(
        f"vpc/securityGroup{_way}Rule:SecurityGroup{_way}Rule",
        f"ec2.authorize_security_group_{_way.lower()}",
        read="describe_security_group_rules(SecurityGroupRuleIds=[{id}]).SecurityGroupRules[0]",
        out="arn:SecurityGroupRuleArn securityGroupRuleId:SecurityGroupRuleId",
        make=group_rule,
        delete=f"revoke_security_group_{_way.lower()}"
        "(GroupId={securityGroupId},SecurityGroupRuleIds=[{id}])",
        reader=read_rule,
        keeps="the description of a rule",
        change=rule_change,
        changes="*",
        replace="securityGroupId",
    )
row(
    "ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
    "ec2.revoke_security_group_ingress",
    make=exclusive_rules,
    delete=Stays("only the resource that lists the rules goes: the rules have resources of their own"),
    change=made_again(exclusive_rules),
    changes="ingressRuleIds egressRuleIds",
    replace="securityGroupId",
    tags="none",
)
