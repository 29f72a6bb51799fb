"""Alarms on ECS services: missing tasks, CPU, memory, and slow or failed calls between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Alarm, Label, Math, Metric
from components.monitoring.composite import Composite
from settings.connections import calls
from settings.schema.monitoring import MonitoringSettings
from settings.schema.services import ContainersSettings

CALL_ERRORS_PER_5_MIN = 10
BUSY_PERCENT = 85


def tasks_missing(service: str) -> Label:
    """The alarm on the number of tasks of a service."""
    return Label("AL8", f"tasks-missing-{service}")


def slow_calls(caller: str, callee: str) -> Label:
    """The alarm on the response times of a call."""
    return Label("AL10", f"slow-calls-{caller}-to-{callee}")


def failed_calls(caller: str, callee: str) -> Label:
    """The alarm on the server errors of a call."""
    return Label("AL11", f"failed-calls-{caller}-to-{callee}")


@dataclass(frozen=True, kw_only=True)
class ServiceMetrics:
    """Settings, cluster name and service names of the ECS services."""

    platform: ContainersSettings
    cluster_name: pulumi.Input[str]
    service_names: Mapping[str, pulumi.Input[str]]
    """ECS service names by the stack's short names; callers discover a service by its short name."""

    @property
    def calls(self) -> tuple[tuple[str, str], ...]:
        """Every caller with each service that it connects to."""
        return calls(self.platform)


def service_alarms(watched: ServiceMetrics, settings: MonitoringSettings) -> Iterator[Alarm]:
    """Yield the alarms on every service and on every call between services.

    A service without an image has no task and sends no data, so missing data is no alarm until it has
    one. Its alarms exist from the start: a deployment before the next `up` is monitored too.
    """
    for name in watched.platform.services:
        yield _running(watched, name)
        for metric, slug in (("CPUUtilization", "cpu"), ("MemoryUtilization", "memory")):
            yield Alarm(
                id="AL18",
                slug=f"{slug}-{name}",
                description=f"{name}: {slug} usage is high. Raise its task count or size.",
                series=Metric(
                    namespace="AWS/ECS",
                    name=metric,
                    dimensions=_of(watched, name),
                    stat="Average",
                ),
                compare=">",
                threshold=BUSY_PERCENT,
                severity="warning",
                periods=3,
            )
    for caller, callee in watched.calls:
        yield from _call(watched, caller, callee, settings.latency_ms)


def _of(watched: ServiceMetrics, name: str) -> dict[str, pulumi.Input[str]]:
    return {"ClusterName": watched.cluster_name, "ServiceName": watched.service_names[name]}


def _running(watched: ServiceMetrics, name: str) -> Alarm:
    def tasks(which: str) -> Metric:
        return Metric(
            namespace="ECS/ContainerInsights",
            name=f"{which}TaskCount",
            dimensions=_of(watched, name),
            stat="Average",
            period_s=60,
        )

    label = tasks_missing(name)
    return Alarm(
        id=label.id,
        slug=label.slug,
        description=f"{name} runs fewer tasks than desired: they do not start, or stop again.",
        series=Math(
            expression="desired-running",
            label="tasks missing",
            metrics={"desired": tasks("Desired"), "running": tasks("Running")},
        ),
        compare=">",
        threshold=0,
        severity="critical",
        periods=5,
        missing="breaching" if watched.platform.services[name].image else "notBreaching",
    )


def _call(watched: ServiceMetrics, caller: str, callee: str, latency_ms: int) -> Iterator[Alarm]:
    """The alarms on one call; Service Connect reports it under its caller with these dimensions only."""
    edge = {**_of(watched, caller), "TargetDiscoveryName": callee}
    slow, failed = slow_calls(caller, callee), failed_calls(caller, callee)
    yield Alarm(
        id=slow.id,
        slug=slow.slug,
        description=f"{callee} responds to {caller} too slowly.",
        series=Metric(
            namespace="AWS/ECS", name="TargetResponseTime", dimensions=edge, stat="p95", period_s=60
        ),
        compare=">",
        threshold=latency_ms,
        severity="critical",
        periods=5,
        datapoints=3,
    )
    yield Alarm(
        id=failed.id,
        slug=failed.slug,
        description=f"{callee} responds to {caller} with server errors.",
        series=Metric(namespace="AWS/ECS", name="HTTPCode_Target_5XX_Count", dimensions=edge),
        threshold=CALL_ERRORS_PER_5_MIN,
        severity="warning",
    )


def call_composites(watched: ServiceMetrics) -> Iterator[Composite]:
    """Yield two composite alarms for each service that others call: one message, however many callers.

    While its tasks are missing, the alarm on that is the only message.
    """
    callers: dict[str, list[str]] = {}
    for caller, callee in watched.calls:
        callers.setdefault(callee, []).append(caller)
    for callee, its_callers in callers.items():
        missing = str(tasks_missing(callee))
        yield Composite(
            id="AL10",
            slug=f"slow-{callee}",
            description=f"{callee} responds too slowly, while all its tasks run.",
            severity="critical",
            alarms=[str(slow_calls(caller, callee)) for caller in its_callers],
            unless=missing,
        )
        yield Composite(
            id="AL11",
            slug=f"failing-{callee}",
            description=f"{callee} responds with server errors, while all its tasks run.",
            severity="warning",
            alarms=[str(failed_calls(caller, callee)) for caller in its_callers],
            unless=missing,
        )
