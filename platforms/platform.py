"""The common results of both platforms: facts from the settings, and the constructed components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

from components.delivery import Pipeline
from components.edge import Target
from components.monitoring import HostMetrics, ScheduleMetrics, ServiceMetrics


@dataclass(frozen=True, kw_only=True)
class Traits:
    """The facts of a platform that follow from its settings."""

    target: Target | None
    """The target of the load balancer; None where the stack has none."""
    routed: Mapping[str, Target] = field(default_factory=dict)
    """The targets of the services that the load balancer's routes lead to."""
    pipeline: Pipeline
    """The permissions of the application's pipeline."""
    secret_service: Literal["secretsmanager", "ssm"]
    """The AWS service that stores the secrets of its tasks or host."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The outputs of a constructed platform, for monitoring and pipelines."""

    facts: Mapping[str, pulumi.Input[Any]]
    """The platform's part of the deploy contract."""
    log_groups: Mapping[str, pulumi.Input[str]]
    """Names of the application's log groups, by service, for metric filters and alarms."""
    other_log_groups: Mapping[str, pulumi.Input[str]]
    """Names of log groups without metric filters: those of tools, and of the host's system."""
    services: ServiceMetrics | None = None
    schedules: ScheduleMetrics | None = None
    host: HostMetrics | None = None
    functions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names of its Lambda functions, by purpose."""
    rules: Sequence[str] = ()
    """Names of its event rules, without the application's prefix."""
