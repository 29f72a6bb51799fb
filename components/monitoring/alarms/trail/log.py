"""The log group of a trail, and a metric that is counted in it with the alarm on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Band, Severity
from settings.schema.monitoring import TRAIL_NAMESPACE

NAMESPACE = TRAIL_NAMESPACE


@dataclass(frozen=True, kw_only=True)
class TrailLog:
    """The trail's log group, and the roles that may read the stack's secrets."""

    log_group_name: pulumi.Input[str]
    readers: Sequence[str]
    """Names of the roles that read secrets; each may end in ``*``."""
    store: str
    """The service that stores them: ``secretsmanager`` or ``ssm``."""
    secrets_key_arn: pulumi.Input[str]
    """The KMS key that encrypts them."""
    queues: bool = False
    """Whether the stack has queues."""
    schedules: bool = False
    """Whether the stack has schedules."""
    detector: bool = False
    """Whether the stack also has a GuardDuty detector."""


@dataclass(frozen=True, kw_only=True)
class TrailMetric:
    """A metric counted in the trail, and the alarm on it."""

    id: str
    slug: str
    metric: str
    description: str
    pattern: pulumi.Input[str]
    severity: Severity = "warning"
    threshold: float | Band = 1
    period_s: int = 300
    periods: int = 1
    more_patterns: Sequence[str] = ()
    """Further patterns that are counted in the same metric: one pattern has at most 1,024 characters."""
