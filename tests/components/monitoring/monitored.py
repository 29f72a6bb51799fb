"""Builds the monitoring of a stack alone, with stand-in names for what it monitors."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

from components.monitoring import (
    DatabaseMetrics,
    LoadBalancerMetrics,
    Monitoring,
    MonitoringArgs,
    ServiceMetrics,
    Topics,
)
from settings.names import Names
from settings.schema.data import DatabaseSettings
from settings.schema.monitoring import MonitoringSettings
from settings.schema.services import ContainersSettings
from tests.components.alone import build
from tests.components.stand_ins import standing_in, waited_for
from tests.harness import ACCOUNT, REGION, Deployment, Registered

NAMES = Names(prefix="aiponge", environment="prod", account_id=ACCOUNT, region=REGION)
IMAGE = "sha256:" + "0" * 64
BALANCER, TARGETS = "app/alb/0123456789abcdef", "targetgroup/gateway/0123456789abcdef"
TOPICS = {severity: f"arn:stand-in:topic-{severity}" for severity in ("critical", "warning")}
PLATFORM = ContainersSettings.model_validate(
    {
        "kind": "containers",
        "gateway": "api-gateway",
        "services": {
            "api-gateway": {"port": 443, "image": IMAGE},
            "user": {"port": 3003, "image": IMAGE},
            "music": {"port": 3007, "image": IMAGE},
        },
    }
)
DATABASE = DatabaseSettings.model_validate({"instanceClass": "db.m7g.large", "username": "owner"})


def with_service(name: str, **fields: Any) -> ContainersSettings:
    """The platform with other fields of one service."""
    changed = PLATFORM.services[name].model_copy(update=fields)
    return PLATFORM.model_copy(update={"services": {**PLATFORM.services, name: changed}})


def services(platform: ContainersSettings = PLATFORM) -> ServiceMetrics:
    """The services of ``platform``."""
    return ServiceMetrics(
        platform=platform,
        cluster_name="aiponge-cluster",
        service_names={name: f"ecs-{name}" for name in platform.services},
    )


def topics() -> Topics:
    """Both topics, with the policies that publishers depend on."""
    return standing_in(**TOPICS, ready=[waited_for("topic-policies")])


def monitoring(settings: MonitoringSettings | None = None, **watched: Any) -> Deployment:
    """The monitoring of a stack that has only what ``watched`` names."""

    def program() -> Monitoring:
        args = MonitoringArgs(
            names=NAMES, settings=settings or MonitoringSettings(), topics=topics(), **watched
        )
        return Monitoring("monitoring", args)

    return build(program)


def everything(**changed: Any) -> dict[str, Any]:
    """The parts of a containers stack; ``changed`` replaces or adds some."""
    watched: dict[str, Any] = {
        "logs": {name: NAMES.log_group(name) for name in PLATFORM.services},
        "services": services(),
        "load_balancer": LoadBalancerMetrics(
            load_balancer=BALANCER, target_group=TARGETS, web_acl="aiponge-acl"
        ),
        "database": DatabaseMetrics(
            settings=DATABASE,
            identifier="aiponge-rds",
            log_group_name="/aws/rds/instance/aiponge-rds/postgresql",
        ),
        "cache_members": ("aiponge-redis-001", "aiponge-redis-002"),
        "nat_gateways": {"a": "nat-1", "b": "nat-2"},
    }
    return watched | changed


@cache
def monitored() -> Deployment:
    """The monitoring of a stack of containers."""
    return monitoring(**everything())


def alarm(deployment: Deployment, label: str) -> dict[str, Any]:
    """The inputs of one alarm, by its label."""
    return deployment.named(f"monitoring-{label}", "MetricAlarm").inputs


def alarms(deployment: Deployment) -> list[Registered]:
    """Every alarm."""
    return deployment.all("aws:cloudwatch/metricAlarm:MetricAlarm")


def composites(deployment: Deployment) -> list[Registered]:
    """Every composite alarm."""
    return deployment.all("aws:cloudwatch/compositeAlarm:CompositeAlarm")


def notifying(deployment: Deployment, name: str) -> Registered:
    """The alarm that notifies of the alarm ``name``: the composite alarm that names it, else itself."""
    found = [one for one in composites(deployment) if f'ALARM("{name}")' in one["alarmRule"].split(" OR ")]
    if not found:
        return next(one for one in alarms(deployment) if one["name"] == name)
    (composite,) = found
    return composite


def widgets(deployment: Deployment) -> list[dict[str, Any]]:
    """The widgets of the dashboard."""
    return deployment.only("Dashboard").document("dashboardBody")["widgets"]


def assert_rows_fill_the_width(shown: list[dict[str, Any]]) -> None:
    """Every row of widgets spans the 24 columns without gap or overlap."""
    rows: dict[int, list[dict[str, Any]]] = {}
    for one in shown:
        rows.setdefault(one["y"], []).append(one)
    assert len(rows) >= 4
    for row in rows.values():
        edges = [(one["x"], one["x"] + one["width"]) for one in sorted(row, key=lambda one: one["x"])]
        assert edges[0][0] == 0
        assert edges[-1][1] == 24
        assert all(left[1] == right[0] for left, right in pairwise(edges))
