"""Alarms on the load balancer: healthy targets, response times, errors, and the rate of blocked requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pulumi

from components.monitoring.alarm import Alarm, Label, Math, Metric
from components.monitoring.composite import Composite
from settings.schema.monitoring import MonitoringSettings
from settings.schema.services import ContainersSettings

SLOWEST_S = 2
SERVER_ERRORS_PER_MIN = 5
ERROR_RATIO_PERCENT, ENOUGH_REQUESTS = 2, 50
ERROR_RATIO = "100*(FILL(own,0)+FILL(targets,0))/requests"
"""Server errors in percent of all requests, as CloudWatch metric math."""
UNHEALTHY, DOWN = Label("AL6", "unhealthy-targets"), Label("AL7", "no-healthy-target")
SLOW = Label("AL13", "slow-answers")
ERRORS, RATIO = Label("AL14", "load-balancer-errors"), Label("AL15", "error-ratio")


def slow_route(service: str) -> Label:
    """The alarm on the response times of a service that a route leads to."""
    return Label("AL13", f"slow-answers-{service}")


def failing_route(service: str) -> Label:
    """The alarm on the server errors of a service that a route leads to."""
    return Label("AL14", f"server-errors-{service}")


@dataclass(frozen=True, kw_only=True)
class LoadBalancerMetrics:
    """Names of the load balancer, its target group and its web ACL, as their metrics have them."""

    load_balancer: pulumi.Input[str]
    """The suffix of its ARN: ``app/...``."""
    target_group: pulumi.Input[str]
    """The suffix of its ARN: ``targetgroup/...``."""
    routed: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """The same of the target groups that routes lead to, by service."""
    web_acl: pulumi.Input[str] | None = None
    """Name of the web ACL."""
    certificate_arn: pulumi.Input[str] | None = None
    """ARN of the certificate."""


def load_balancer_alarms(
    load_balancer: LoadBalancerMetrics, settings: MonitoringSettings, region: str, *, served: bool
) -> Iterator[Alarm]:
    """Yield the alarms on the load balancer; before it is ``served``, having no target is no alarm."""

    def balancer(name: str, stat: str = "Sum", *, target: bool = False) -> Metric:
        dimensions = {"LoadBalancer": load_balancer.load_balancer}
        if target:
            dimensions["TargetGroup"] = load_balancer.target_group
        return Metric(
            namespace="AWS/ApplicationELB", name=name, dimensions=dimensions, stat=stat, period_s=60
        )

    treat_missing_data: Literal["breaching", "notBreaching"] = "breaching" if served else "notBreaching"
    yield Alarm(
        id=UNHEALTHY.id,
        slug=UNHEALTHY.slug,
        description="A target fails its health check.",
        series=balancer("UnHealthyHostCount", "Maximum", target=True),
        threshold=1,
        severity="warning",
        periods=3,
    )
    yield Alarm(
        id=DOWN.id,
        slug=DOWN.slug,
        description="No target is healthy: the application is down.",
        series=balancer("HealthyHostCount", "Minimum", target=True),
        compare="<",
        threshold=1,
        severity="critical",
        periods=3,
        missing=treat_missing_data,
    )
    yield Alarm(
        id=SLOW.id,
        slug=SLOW.slug,
        description="One response in a hundred is too slow.",
        series=balancer("TargetResponseTime", "p99"),
        compare=">",
        threshold=SLOWEST_S,
        severity="warning",
        periods=5,
    )
    yield Alarm(
        id=ERRORS.id,
        slug=ERRORS.slug,
        description="The load balancer returns server errors: no healthy target, or no response in time.",
        series=balancer("HTTPCode_ELB_5XX_Count"),
        threshold=SERVER_ERRORS_PER_MIN,
        severity="critical",
        periods=3,
    )
    yield Alarm(
        id=RATIO.id,
        slug=RATIO.slug,
        description="Too many requests end in a server error.",
        series=Math(
            # Few requests make no meaningful ratio: below the minimum it counts as 0.
            expression=f"IF(requests>={ENOUGH_REQUESTS},{ERROR_RATIO},0)",
            label="server errors, percent",
            metrics={
                "own": balancer("HTTPCode_ELB_5XX_Count"),
                "targets": balancer("HTTPCode_Target_5XX_Count"),
                "requests": balancer("RequestCount"),
            },
        ),
        compare=">",
        threshold=ERROR_RATIO_PERCENT,
        severity="critical",
    )
    if load_balancer.web_acl is not None:
        yield Alarm(
            id="AL18",
            slug="blocked-requests",
            description="AWS WAF blocks many requests: an attack, or a rule that blocks users.",
            series=Metric(
                namespace="AWS/WAFV2",
                name="BlockedRequests",
                dimensions={"WebACL": load_balancer.web_acl, "Region": region, "Rule": "ALL"},
            ),
            compare=">",
            threshold=settings.waf_blocked_per_5_min,
            severity="warning",
        )


def route_alarms(load_balancer: LoadBalancerMetrics, platform: ContainersSettings) -> Iterator[Alarm]:
    """Yield the alarms on each service that a route leads to."""
    for service, group in load_balancer.routed.items():
        dimensions = {"LoadBalancer": load_balancer.load_balancer, "TargetGroup": group}

        def of(name: str, stat: str, dimensions: Mapping[str, pulumi.Input[str]] = dimensions) -> Metric:
            return Metric(
                namespace="AWS/ApplicationELB", name=name, dimensions=dimensions, stat=stat, period_s=60
            )

        slow, failing = slow_route(service), failing_route(service)
        yield Alarm(
            id=DOWN.id,
            slug=f"{DOWN.slug}-{service}",
            description=f"No target of {service} is healthy.",
            series=of("HealthyHostCount", "Minimum"),
            compare="<",
            threshold=1,
            severity="critical",
            periods=3,
            missing="breaching" if platform.services[service].image else "notBreaching",
        )
        yield Alarm(
            id=slow.id,
            slug=slow.slug,
            description=f"One response of {service} in a hundred is too slow.",
            series=of("TargetResponseTime", "p99"),
            compare=">",
            threshold=SLOWEST_S,
            severity="warning",
            periods=5,
        )
        yield Alarm(
            id=failing.id,
            slug=failing.slug,
            description=f"{service} returns server errors to users.",
            series=of("HTTPCode_Target_5XX_Count", "Sum"),
            threshold=SERVER_ERRORS_PER_MIN,
            severity="critical",
            periods=3,
        )


def load_balancer_composites() -> Iterator[Composite]:
    """Yield the composite alarms: without a healthy target, the alarm on that is the only message."""
    yield Composite(
        id="AL6",
        slug="target-unhealthy",
        description="A target fails its health check, while another is healthy.",
        severity="warning",
        alarms=[str(UNHEALTHY)],
        unless=str(DOWN),
    )
    yield Composite(
        id="AL14",
        slug="server-errors",
        description="Users get server errors, while a target is healthy.",
        severity="critical",
        alarms=[str(ERRORS), str(RATIO)],
        unless=str(DOWN),
    )
