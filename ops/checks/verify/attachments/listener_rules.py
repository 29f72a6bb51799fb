"""Compares a rule of the load balancer's listener with the route that declares it."""

from __future__ import annotations

from collections.abc import Sequence

from ops.checks.verify.attachments.network_resources import target_groups
from ops.checks.verify.attachments.row import Resource
from ops.core.aws_state import AwsState, Item
from settings.connections import HTTPS


def undeclared_rule(aws: AwsState, listener: Resource, rule: Item) -> str | None:
    """What is wrong with a rule of a listener; None for the default and for a declared route."""
    if rule.get("IsDefault"):
        return None
    routes = aws.settings.edge.routes.items() if aws.settings.edge else ()
    name = next((name for name, route in routes if str(route.priority) == rule["Priority"]), None)
    if name is None or listener.item["Port"] != HTTPS:
        return f"has an undeclared rule with priority {rule['Priority']}, which decides where requests go"
    return None if _as_declared(aws, name, rule) else f"its rule with priority {rule['Priority']} is changed"


def _as_declared(aws: AwsState, service: str, rule: Item) -> bool:
    """Whether a rule forwards what the route declares, to a target group with the service's port."""
    edge = aws.settings.edge
    assert edge, "only a stack with a load balancer has routes"
    route = edge.routes[service]
    wanted = {"host-header": {*route.hosts}, "path-pattern": {*route.paths}}
    found = {one["Field"]: {*_values(one)} for one in rule.get("Conditions", [])}
    groups = {one.params["TargetGroupArn"]: one.item.get("Port") for one in target_groups(aws)}
    actions = [(one["Type"], groups.get(one.get("TargetGroupArn"))) for one in rule.get("Actions", [])]
    return found == {field: values for field, values in wanted.items() if values} and actions == [
        ("forward", aws.settings.targets[service])
    ]


def _values(condition: Item) -> Sequence[str]:
    details = condition.get("HostHeaderConfig") or condition.get("PathPatternConfig") or condition
    return details.get("Values", [])
