"""A stack's monitoring alone, with stand-in names for what it watches, so that a slip is seen by itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from components.kms import Keys, KeysArgs
from components.monitoring import (
    DatabaseMetrics,
    LoadBalancerMetrics,
    Monitoring,
    MonitoringArgs,
    ServiceMetrics,
    Topics,
    TopicsArgs,
)
from settings import Settings, read_stack_file
from settings.grants import grants
from settings.schema.services import ContainersSettings
from tests.harness import Deployment, Registered, deploy

IMAGE = "sha256:" + "0" * 64
BALANCER, TARGETS = "app/alb/0123456789abcdef", "targetgroup/gateway/0123456789abcdef"


def deployed_settings(stack: str = "prod", *, images: bool = True) -> Settings:
    """The shipped stack, every service with an image or none."""
    settings = read_stack_file(stack)
    platform = settings.platform
    assert isinstance(platform, ContainersSettings)
    if not images:
        return settings
    services = {name: one.model_copy(update={"image": IMAGE}) for name, one in platform.services.items()}
    return settings.model_copy(update={"platform": platform.model_copy(update={"services": services})})


@cache
def monitored(stack: str = "prod", *, images: bool = True) -> Deployment:
    """The alerts key, the topics and everything that tells them."""
    settings = deployed_settings(stack, images=images)
    return deploy(lambda: watch(settings))


def watch(settings: Settings, **changed: Any) -> None:
    """Declare the monitoring of ``settings``; ``changed`` replaces what is watched."""
    names, platform, database = settings.names, settings.platform, settings.database
    assert isinstance(platform, ContainersSettings)
    assert database is not None
    keys = Keys("keys", KeysArgs(names=names, grants=grants(settings)))
    topics = Topics(
        "topics", TopicsArgs(names=names, key_arn=keys.arns["alerts"], email=settings.monitoring.email)
    )
    everything: dict[str, Any] = {
        "logs": {name: names.log_group(name) for name in platform.services},
        "services": ServiceMetrics(
            platform=platform,
            cluster_name="aiponge-cluster",
            service_names={name: f"ecs-{name}" for name in platform.services},
        ),
        "load_balancer": LoadBalancerMetrics(
            load_balancer=BALANCER, target_group=TARGETS, web_acl="aiponge-acl"
        ),
        "database": DatabaseMetrics(
            settings=database,
            identifier="aiponge-rds",
            log_group_name="/aws/rds/instance/aiponge-rds/postgresql",
        ),
        "cache_members": ("aiponge-redis-001", "aiponge-redis-002"),
        "nat_gateways": {"a": "nat-1", "b": "nat-2"},
    }
    Monitoring(
        "monitoring",
        MonitoringArgs(names=names, settings=settings.monitoring, topics=topics, **everything | changed),
    )


def alarm(deployment: Deployment, label: str) -> dict[str, Any]:
    """The inputs of one alarm, by its catalogue label."""
    return deployment.named(f"monitoring-{label}", "MetricAlarm").inputs


def alarms(deployment: Deployment) -> list[Registered]:
    """Every alarm."""
    return deployment.all("aws:cloudwatch/metricAlarm:MetricAlarm")
