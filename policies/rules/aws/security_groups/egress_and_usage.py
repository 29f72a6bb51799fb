"""Security groups: egress rules, descriptions, inline or separate rules, attachment."""

from __future__ import annotations

from rules.lib.network.ingress_rules import GROUPS, OPENERS, RULES_APART, egress, ingress, rules_apart
from rules.lib.resource_types import SECURITY_GROUP
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import is_description, text, values
from rules.pack.rule import A, M, Resource, resource_rule, stack_rule


def _described(one: Resource, _: Configuration) -> list[str]:
    texts = [permission.description for permission in (*ingress(one), *egress(one))]
    if one.type == SECURITY_GROUP:
        texts.append(text(one.props, "description"))
    return [""] if not all(map(is_description, texts)) else []


def _one_way_of_rules(group: Resource, stack: Stack) -> bool:
    inline = bool(values(group.props, "ingress") or values(group.props, "egress"))
    return not inline or not rules_apart(group, stack)


def _wide(one: Resource, _: Configuration) -> list[str]:
    return [""] if any(permission.public and permission.every_port for permission in egress(one)) else []


def _out(one: Resource, _: Configuration) -> list[str]:
    return [""] if any(permission.public for permission in egress(one)) else []


def _used(group: Resource, stack: Stack) -> bool:
    return any(user.type not in RULES_APART for user in stack.users(group))


RULES = [
    stack_rule(
        "sg-no-rule-conflict",
        M,
        GROUPS,
        "A security group's rules are either all inline or all separate resources, which would conflict.",
        "remove ingress and egress from the security group",
        holds=_one_way_of_rules,
    ),
    resource_rule(
        "sg-description",
        A,
        OPENERS,
        "Every security group and rule has a description.",
        "set description",
        finds=_described,
    ),
    resource_rule(
        "sg-egress-restricted",
        A,
        OPENERS,
        "No egress rule allows every destination on every port.",
        "name the port and the destination",
        finds=_wide,
    ),
    resource_rule(
        "sg-egress-no-public-any-port",
        A,
        OPENERS,
        "No egress rule allows every destination.",
        "name the destination, or exempt the rule with a reason",
        finds=_out,
    ),
    stack_rule(
        "sg-attached",
        A,
        SECURITY_GROUP,
        "Every security group is attached to a resource.",
        "attach it, or remove it",
        holds=_used,
    ),
]
