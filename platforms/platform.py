"""What the program needs to know of a platform: before anything exists, and once it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

from components.delivery import Pipeline
from components.edge import Target
from components.monitoring import HostMetrics, ServiceMetrics


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What follows from the settings of a platform alone."""

    target: Target
    """What the load balancer forwards requests to."""
    pipeline: Pipeline
    """What an application's pipeline does here."""
    secret_service: Literal["secretsmanager", "ssm"]
    """The AWS service that keeps the secrets its tasks or host read."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What monitoring and pipelines need to know of what runs."""

    facts: Mapping[str, pulumi.Input[Any]]
    """The platform's part of the deploy contract."""
    log_groups: Mapping[str, pulumi.Input[str]]
    """Names of the application's log groups, by service: they are counted and raise alarms."""
    other_log_groups: Mapping[str, pulumi.Input[str]]
    """Names of log groups that only people read: those of tools, and of the host's system."""
    services: ServiceMetrics | None = None
    host: HostMetrics | None = None
    functions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names of its Lambda functions, by what they do."""
    rules: Sequence[str] = ()
    """What its event rules are called, after the application's prefix."""
