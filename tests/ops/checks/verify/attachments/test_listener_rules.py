"""Tests that a rule of the listener is compared with the route that declares it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from ops.checks.verify.attachments.listener_rules import undeclared_rule
from ops.checks.verify.attachments.row import Resource
from ops.core.aws_state import AwsState
from settings import read_stack_file
from settings.connections import HTTPS
from settings.schema.edge import RouteSettings

BALANCER, USER, OTHER = "arn:balancer", "arn:user", "arn:other"
ROUTE = RouteSettings.model_construct(priority=10, hosts=("admin.example.com",), paths=("/admin/*",))
HOSTS = {"Field": "host-header", "HostHeaderConfig": {"Values": ["admin.example.com"]}}
PATHS = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/admin/*"]}}


class Described:
    """A stack with one route, whose load balancer has the target groups of two services."""

    def __init__(self) -> None:
        settings = read_stack_file("prod")
        assert settings.edge
        edge = settings.edge.model_copy(update={"routes": {"user": ROUTE}})
        self.settings = settings.model_copy(update={"edge": edge})
        self.names = self.settings.names

    def list(self, _service: str, operation: str, *_: Any, **__: Any) -> Sequence[dict[str, Any]]:
        return {
            "describe_load_balancers": [
                {"LoadBalancerArn": BALANCER, "LoadBalancerName": self.names.part("alb")}
            ],
            "describe_target_groups": [
                {
                    "TargetGroupArn": USER,
                    "TargetGroupName": "user",
                    "Port": self.settings.services["user"].port,
                },
                {"TargetGroupArn": OTHER, "TargetGroupName": "other", "Port": 3001},
            ],
        }[operation]


def rule(*conditions: dict[str, Any], group: str = USER, **changes: Any) -> dict[str, Any]:
    forward = {"Type": "forward", "TargetGroupArn": group}
    return {"Priority": "10", "Conditions": list(conditions), "Actions": [forward], **changes}


def problem(given: dict[str, Any], port: int = HTTPS) -> str | None:
    aws = cast(AwsState, Described())
    return undeclared_rule(aws, Resource("listener", {"ListenerArn": "arn:listener"}, {"Port": port}), given)


@pytest.mark.parametrize("given", [rule(HOSTS, PATHS), {"Priority": "default", "IsDefault": True}])
def test_a_declared_route_and_the_default_are_no_finding(given: dict[str, Any]) -> None:
    assert problem(given) is None


@pytest.mark.parametrize(
    "given",
    [
        rule(HOSTS),
        rule(HOSTS, {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}),
        rule(HOSTS, PATHS, {"Field": "source-ip", "Values": ["0.0.0.0/0"]}),
        rule(HOSTS, PATHS, group=OTHER),
        rule(HOSTS, PATHS, Actions=[{"Type": "fixed-response"}]),
    ],
    ids=["without its paths", "other paths", "one condition more", "another service", "another action"],
)
def test_a_changed_rule_of_a_route_is_found(given: dict[str, Any]) -> None:
    assert problem(given) == "its rule with priority 10 is changed"


def test_a_rule_with_another_priority_is_not_declared() -> None:
    assert "undeclared rule with priority 11" in str(problem(rule(HOSTS, PATHS, Priority="11")))


def test_a_rule_of_another_listener_is_not_declared() -> None:
    assert "undeclared rule with priority 10" in str(problem(rule(HOSTS, PATHS), port=80))
