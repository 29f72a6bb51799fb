"""VPC: the descriptions of rules for a group or a prefix list; moto stores those of address ranges only."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.memory import memory

SOURCES = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")


@corrects("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def remember_descriptions(asked: Asked, answer: Params) -> Params:
    """Store the description of every new rule, in the order of the request."""
    given = [
        source.get("Description", "")
        for permission in asked.params.get("IpPermissions") or []
        for kind in SOURCES
        for source in permission.get(kind) or []
    ]
    rules = answer.get("SecurityGroupRules", [])
    for rule, description in zip(rules, given, strict=False):
        memory("rule", asked, rule["SecurityGroupRuleId"])["Description"] = description
    return {**answer, "SecurityGroupRules": [_described(asked, rule) for rule in rules]}


@corrects("ec2", "ModifySecurityGroupRules")
def change_descriptions(asked: Asked, answer: Params) -> Params:
    """Store the new descriptions."""
    for change in asked.params.get("SecurityGroupRules") or []:
        description = change["SecurityGroupRule"].get("Description", "")
        memory("rule", asked, change["SecurityGroupRuleId"])["Description"] = description
    return answer


@corrects("ec2", "DescribeSecurityGroupRules")
def recall_descriptions(asked: Asked, answer: Params) -> Params:
    """Add what was stored."""
    rules = answer.get("SecurityGroupRules", [])
    return {**answer, "SecurityGroupRules": [_described(asked, rule) for rule in rules]}


def _described(asked: Asked, rule: Params) -> Params:
    kept = memory("rule", asked, rule["SecurityGroupRuleId"])
    return {**rule, **{key: value for key, value in kept.items() if value}}
