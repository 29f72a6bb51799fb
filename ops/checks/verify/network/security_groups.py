"""Checks that each security group has exactly the ingress and egress rules of the declared connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from settings.connections import Cidr, Endpoint, SecurityGroup, declared_connections, security_groups


@dataclass(frozen=True)
class Rule:
    """One rule of a security group."""

    egress: bool
    peer: str
    """The name of a security group, a CIDR block or the name of a prefix list."""
    low: int
    high: int
    protocol: str = "tcp"

    def __str__(self) -> str:
        ports = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
        if (self.low, self.high) == (-1, -1):
            ports = "all ports"
        way = "to" if self.egress else "from"
        return f"{self.protocol if self.protocol != '-1' else 'any protocol'} {ports} {way} {self.peer}"


def declared(aws: AwsState) -> dict[str, Counter[Rule]]:
    """The rules of every security group that the declared connections require."""
    rules: dict[str, Counter[Rule]] = {name: Counter() for name in security_groups(aws.settings)}
    for connection in declared_connections(aws.settings):
        if isinstance(connection.target, SecurityGroup):
            rules[connection.target.name][
                Rule(False, _label(connection.source), connection.port, connection.port)
            ] += 1
        if isinstance(connection.source, SecurityGroup):
            rules[connection.source.name][
                Rule(True, _label(connection.target), connection.port, connection.port)
            ] += 1
    return rules


@check("connections-groups", "A20", "A24", "A26", "A28")
def every_group(aws: AwsState) -> Iterator[Problem]:
    """Every declared security group exists, and no other."""
    if aws.vpc is None:
        return
    there = {
        one["GroupName"]: one["GroupId"] for one in aws.in_vpc("describe_security_groups", "SecurityGroups")
    }
    wanted = {aws.names.part(name) for name in security_groups(aws.settings)}
    for name in sorted(wanted - there.keys()):
        yield Problem(f"sg {name}", "does not exist", BY_PROGRAM)
    for name in sorted(there.keys() - wanted - {"default"}):
        if not name.startswith("GuardDutyManagedSecurityGroup"):
            yield Problem(
                f"sg {name}", f"is undeclared ({there[name]})", "delete it, or declare its connections"
            )


@check("connections-rules", "A20", "A24", "A25", "A26", "A27", "A28", "A29", "A30", "A53")
def every_rule(aws: AwsState) -> Iterator[Problem]:
    """The rules of each security group are those of the declared connections: none missing, none added."""
    found = _rules(aws)
    for name, wanted in declared(aws).items():
        if name not in found:
            continue  # a missing security group is reported by connections-groups
        subject = f"sg {aws.names.part(name)}"
        for egress in (False, True):
            here = [(rule, id_) for rule, id_ in found[name] if rule.egress is egress]
            left = Counter({rule: count for rule, count in wanted.items() if rule.egress is egress})
            extra: list[tuple[Rule, str]] = []
            for rule, id_ in here:
                if left[rule] > 0:
                    left[rule] -= 1
                else:
                    extra.append((rule, id_))
            way = "egress" if egress else "ingress"
            if extra:
                listed = ", ".join(f"{id_}: {rule}" for rule, id_ in extra)
                plural = "rule" if len(extra) == 1 else "rules"
                yield Problem(
                    subject,
                    f"has {len(extra)} undeclared {way} {plural} ({listed})",
                    "revoke it, or declare it",
                )
            for rule in left.elements():
                yield Problem(subject, f"lacks the {way} rule {rule}", BY_PROGRAM)


def _label(end: Endpoint) -> str:
    if isinstance(end, SecurityGroup):
        return end.name
    return end.block if isinstance(end, Cidr) else f"prefix list {end.name}"


def _rules(aws: AwsState) -> dict[str, list[tuple[Rule, str]]]:
    """The rules that exist, with their IDs, by the security group's declared name."""
    by_id = {
        one["GroupId"]: one["GroupName"] for one in aws.in_vpc("describe_security_groups", "SecurityGroups")
    }
    names = {aws.names.part(name): name for name in security_groups(aws.settings)}
    participants = {id_: names[group] for id_, group in by_id.items() if group in names}
    found: dict[str, list[tuple[Rule, str]]] = {name: [] for name in participants.values()}
    if not participants:
        return found
    rules = aws.list(
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules",
        Filters=[{"Name": "group-id", "Values": sorted(participants)}],
    )
    lists = _prefix_lists(aws)
    for one in rules:
        if one["GroupId"] in participants:
            peer = _peer(one, participants, lists)
            rule = Rule(
                one["IsEgress"], peer, one.get("FromPort", -1), one.get("ToPort", -1), one["IpProtocol"]
            )
            found[participants[one["GroupId"]]].append((rule, one["SecurityGroupRuleId"]))
    return found


def _peer(rule: Item, participants: dict[str, str], lists: dict[str, str]) -> str:
    group: str = (rule.get("ReferencedGroupInfo") or {}).get("GroupId", "")
    prefix_list: str = rule.get("PrefixListId", "")
    if group:
        return participants.get(group, group)
    if prefix_list:
        return lists.get(prefix_list, prefix_list)
    return str(rule.get("CidrIpv4") or rule.get("CidrIpv6"))


def _prefix_lists(aws: AwsState) -> dict[str, str]:
    """AWS-managed prefix lists by ID, in the form ``prefix list s3``."""
    base = f"com.amazonaws.{aws.settings.region}."
    found = aws.list("ec2", "describe_managed_prefix_lists", "PrefixLists")
    return {
        one["PrefixListId"]: f"prefix list {one['PrefixListName'].removeprefix(base)}"
        for one in found
        if one["PrefixListName"].startswith(base)
    }
