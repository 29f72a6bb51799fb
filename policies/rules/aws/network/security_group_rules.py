"""Security groups: rules are of one kind, and each says what it is for."""

from __future__ import annotations

from rules.lib.ingress_rules import OPENERS, RULES_APART, egress, ingress
from rules.lib.resource_types import SECURITY_GROUP
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import text, values
from rules.pack.rule import A, M, Resource, resource_rule, stack_rule

_FILLED_IN = "Managed by Pulumi"


def _described(one: Resource, _: Configuration) -> list[str]:
    texts = [opening.description for opening in (*ingress(one), *egress(one))]
    if one.type == SECURITY_GROUP:
        texts.append(text(one.props, "description"))
    return [""] if any(description in ("", _FILLED_IN) for description in texts) else []


def _one_way_of_rules(group: Resource, stack: Stack) -> bool:
    inline = bool(values(group.props, "ingress") or values(group.props, "egress"))
    return not inline or not any(stack.referrers(group, type_, "securityGroupId") for type_ in RULES_APART)


RULES = [
    stack_rule(
        "sg-no-rule-conflict",
        M,
        SECURITY_GROUP,
        "A group's rules are all inline or all apart, else they undo each other.",
        "remove ingress and egress from the group",
        holds=_one_way_of_rules,
    ),
    resource_rule(
        "sg-description",
        A,
        OPENERS,
        "Every group and rule says what it is for.",
        "set description",
        finds=_described,
    ),
]
