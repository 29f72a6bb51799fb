"""Finds the actions of CloudWatch alarms, their own or those of a composite alarm that names them."""

from __future__ import annotations

from pulumi_policy.proxy import UnknownValueError

from rules.lib.resource_types import COMPOSITE_ALARM
from rules.pack.graph import Stack
from rules.pack.properties import off
from rules.pack.rule import Resource


def has_actions(alarm: Resource) -> bool:
    """Whether an alarm names at least one action, which may be known only after the update."""
    try:
        return bool(alarm.props.get("alarmActions")) or bool(alarm.needs.get("alarmActions"))
    except UnknownValueError:
        return True


def composites_of(alarm: Resource, stack: Stack) -> list[Resource]:
    """The composite alarms that name an alarm in their rule and take actions."""
    return [
        one
        for one in stack.referrers(alarm, COMPOSITE_ALARM, "alarmRule")
        if has_actions(one) and not off(one.props, "actionsEnabled")
    ]
