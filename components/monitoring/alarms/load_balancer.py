"""Alarms on the load balancer: healthy targets, response times, errors, and the rate of blocked requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pulumi

from components.monitoring.alarm import Alarm, Math, Metric
from settings.schema.monitoring import MonitoringSettings

SLOWEST_S = 2
SERVER_ERRORS_PER_MIN = 5
ERROR_RATIO_PERCENT, ENOUGH_REQUESTS = 2, 50
ERROR_RATIO = "100*(FILL(own,0)+FILL(targets,0))/requests"
"""Server errors in percent of all requests, as CloudWatch metric math."""
SLOW, ERRORS, RATIO = ("AL13", "slow-answers"), ("AL14", "load-balancer-errors"), ("AL15", "error-ratio")
"""ID and slug of the alarms on the responses to users."""


@dataclass(frozen=True, kw_only=True)
class LoadBalancerMetrics:
    """Names of the load balancer, its target group and its web ACL, as their metrics have them."""

    load_balancer: pulumi.Input[str]
    """The suffix of its ARN: ``app/...``."""
    target_group: pulumi.Input[str]
    """The suffix of its ARN: ``targetgroup/...``."""
    web_acl: pulumi.Input[str] | None = None
    """Name of the web ACL."""


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
        id="AL6",
        slug="unhealthy-targets",
        description="A target fails its health check.",
        series=balancer("UnHealthyHostCount", "Maximum", target=True),
        threshold=1,
        severity="warning",
        periods=3,
    )
    yield Alarm(
        id="AL7",
        slug="no-healthy-target",
        description="No target is healthy: the application is down.",
        series=balancer("HealthyHostCount", "Minimum", target=True),
        compare="<",
        threshold=1,
        severity="critical",
        periods=3,
        missing=treat_missing_data,
    )
    yield Alarm(
        id=SLOW[0],
        slug=SLOW[1],
        description="One response in a hundred is too slow.",
        series=balancer("TargetResponseTime", "p99"),
        compare=">",
        threshold=SLOWEST_S,
        severity="warning",
        periods=5,
    )
    yield Alarm(
        id=ERRORS[0],
        slug=ERRORS[1],
        description="The load balancer returns server errors: no healthy target, or no response in time.",
        series=balancer("HTTPCode_ELB_5XX_Count"),
        threshold=SERVER_ERRORS_PER_MIN,
        severity="critical",
        periods=3,
    )
    yield Alarm(
        id=RATIO[0],
        slug=RATIO[1],
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
