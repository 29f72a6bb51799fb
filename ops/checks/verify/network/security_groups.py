"""Every security group of the stack has exactly the rules that its declared edges make, both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import Estate, Item
from settings.connections import Cidr, End, Group, edges, groups


@dataclass(frozen=True)
class Rule:
    """What a rule lets through, seen from its own group."""

    egress: bool
    peer: str
    """A participant's name, an address block or a prefix list's name."""
    low: int
    high: int
    protocol: str = "tcp"

    def __str__(self) -> str:
        ports = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
        if (self.low, self.high) == (-1, -1):
            ports = "every port"
        way = "to" if self.egress else "from"
        return f"{self.protocol if self.protocol != '-1' else 'any protocol'} {ports} {way} {self.peer}"


def declared(estate: Estate) -> dict[str, Counter[Rule]]:
    """The rules of every group, as the edges make them."""
    rules: dict[str, Counter[Rule]] = {name: Counter() for name in groups(estate.settings)}
    for edge in edges(estate.settings):
        if isinstance(edge.target, Group):
            rules[edge.target.name][Rule(False, _label(edge.source), edge.port, edge.port)] += 1
        if isinstance(edge.source, Group):
            rules[edge.source.name][Rule(True, _label(edge.target), edge.port, edge.port)] += 1
    return rules


@check("connections-groups", "A20", "A24", "A26", "A28")
def every_group(estate: Estate) -> Iterator[Problem]:
    """Each participant has its security group, and no other group is there."""
    if estate.vpc is None:
        return
    there = {
        one["GroupName"]: one["GroupId"]
        for one in estate.in_vpc("describe_security_groups", "SecurityGroups")
    }
    wanted = {estate.names.part(name) for name in groups(estate.settings)}
    for name in sorted(wanted - there.keys()):
        yield Problem(f"sg {name}", "does not exist", BY_PROGRAM)
    for name in sorted(there.keys() - wanted - {"default"}):
        if not name.startswith("GuardDutyManagedSecurityGroup"):
            yield Problem(f"sg {name}", f"is undeclared ({there[name]})", "delete it, or declare its edges")


@check("connections-rules", "A20", "A24", "A25", "A26", "A27", "A28", "A29", "A30", "A53")
def every_rule(estate: Estate) -> Iterator[Problem]:
    """The rules of each group equal its edges: none missing, none added by hand."""
    found = _rules(estate)
    for name, wanted in declared(estate).items():
        if name not in found:
            continue  # the group itself is missing: another check's finding
        subject = f"sg {estate.names.part(name)}"
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


def _label(end: End) -> str:
    if isinstance(end, Group):
        return end.name
    return end.block if isinstance(end, Cidr) else f"prefix list {end.name}"


def _rules(estate: Estate) -> dict[str, list[tuple[Rule, str]]]:
    """The rules that exist, by participant."""
    by_id = {
        one["GroupId"]: one["GroupName"]
        for one in estate.in_vpc("describe_security_groups", "SecurityGroups")
    }
    names = {estate.names.part(name): name for name in groups(estate.settings)}
    participants = {id_: names[group] for id_, group in by_id.items() if group in names}
    found: dict[str, list[tuple[Rule, str]]] = {name: [] for name in participants.values()}
    if not participants:
        return found
    rules = estate.list(
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules",
        Filters=[{"Name": "group-id", "Values": sorted(participants)}],
    )
    lists = _prefix_lists(estate)
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


def _prefix_lists(estate: Estate) -> dict[str, str]:
    """AWS's own lists by id: ``prefix list s3``."""
    base = f"com.amazonaws.{estate.settings.region}."
    found = estate.list("ec2", "describe_managed_prefix_lists", "PrefixLists")
    return {
        one["PrefixListId"]: f"prefix list {one['PrefixListName'].removeprefix(base)}"
        for one in found
        if one["PrefixListName"].startswith(base)
    }
