"""Collects every alarm and event of a stack; a part that the stack lacks has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.monitoring.alarm import Alarm
from components.monitoring.alarms.application import application_alarms, masking_alarms
from components.monitoring.alarms.cache import cache_alarms
from components.monitoring.alarms.database import DatabaseMetrics, database_alarms
from components.monitoring.alarms.delivery import delivery_alarms, function_alarms
from components.monitoring.alarms.events import cluster_events, host_events, rotation_events
from components.monitoring.alarms.host import HostMetrics, host_alarms
from components.monitoring.alarms.hygiene.ages import AgeMetrics, age_alarms, certificate_alarms
from components.monitoring.alarms.hygiene.backup import BackupMetrics, backup_alarms, backup_events
from components.monitoring.alarms.load_balancer import (
    LoadBalancerMetrics,
    load_balancer_alarms,
    load_balancer_composites,
    route_alarms,
)
from components.monitoring.alarms.nat_gateways import nat_alarms
from components.monitoring.alarms.queues import QueueMetrics, queue_alarms
from components.monitoring.alarms.schedules import (
    ScheduleMetrics,
    schedule_alarms,
    schedule_events,
)
from components.monitoring.alarms.services import ServiceMetrics, call_composites, service_alarms
from components.monitoring.alarms.trail import TrailLog, trail_alarms, trail_events
from components.monitoring.composite import Composite
from components.monitoring.event_rule import Event
from components.monitoring.log_filters import namespace
from components.monitoring.topics import Topics
from settings.names import Names
from settings.schema.monitoring import MonitoringSettings


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """What is monitored; a part that the stack lacks keeps its default."""

    names: Names
    settings: MonitoringSettings
    topics: Topics
    logs: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names of the application's log groups, by service."""
    services: ServiceMetrics | None = None
    host: HostMetrics | None = None
    load_balancer: LoadBalancerMetrics | None = None
    database: DatabaseMetrics | None = None
    backup: BackupMetrics | None = None
    ages: AgeMetrics | None = None
    cache_members: Sequence[pulumi.Input[str]] = ()
    """Cache cluster ids of the nodes, in their order."""
    queues: Sequence[QueueMetrics] = ()
    schedules: ScheduleMetrics | None = None
    nat_gateways: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """NAT gateway ids, by the letter of the zone."""
    functions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names of the rotation's Lambda functions, by what they do."""
    trail: TrailLog | None = None
    rules: Sequence[str] = ()
    """Event rules that invoke them: their names after the application's prefix."""

    @property
    def all_functions(self) -> Mapping[str, pulumi.Input[str]]:
        """Names of the Lambda functions of the rotation, of restore tests and of ages."""
        return {
            **self.functions,
            **(self.backup.functions if self.backup else {}),
            **(self.ages.functions if self.ages else {}),
        }

    @property
    def all_rules(self) -> Sequence[str]:
        """The event rules that invoke them."""
        return [
            *self.rules,
            *(self.backup.rules if self.backup else ()),
            *(self.ages.rules if self.ages else ()),
        ]

    @property
    def all_logs(self) -> Mapping[str, pulumi.Input[str]]:
        """The application's and the host's log groups."""
        return {**self.logs, **(self.host.logs if self.host else {})}

    def metrics_of(self, what: str) -> str:
        """The namespace of one kind of the stack's own metrics: ``App``, ``Db``, ``Host``."""
        return namespace(self.names.prefix, what)


def alarms_of(args: MonitoringArgs) -> Iterator[Alarm]:
    """Every alarm of a stack."""
    yield from delivery_alarms(args.names, [*(event.label for event in events_of(args)), *args.all_rules])
    if args.logs:
        yield from application_alarms(args.metrics_of("App"), args.settings)
    yield from masking_alarms(args.all_logs)
    if args.services is not None:
        yield from service_alarms(args.services, args.settings)
    if args.host is not None:
        yield from host_alarms(args.host, args.metrics_of("Host"))
    if args.load_balancer is not None:
        yield from load_balancer_alarms(
            args.load_balancer, args.settings, args.names.region, served=_served(args)
        )
        if args.services is not None:
            yield from route_alarms(args.load_balancer, args.services.platform)
        if args.load_balancer.certificate_arn is not None:
            yield from certificate_alarms(args.load_balancer.certificate_arn)
    if args.database is not None:
        yield from database_alarms(args.database, args.metrics_of("Db"))
    if args.backup is not None:
        yield from backup_alarms(args.backup)
    if args.ages is not None:
        yield from age_alarms(args.ages)
    yield from cache_alarms(args.cache_members)
    yield from queue_alarms(args.queues)
    if args.schedules is not None:
        yield from schedule_alarms(args.schedules)
    yield from nat_alarms(args.nat_gateways)
    yield from function_alarms(args.all_functions)
    if args.trail is not None:
        yield from trail_alarms(args.trail, args.names)


def composites_of(args: MonitoringArgs) -> Iterator[Composite]:
    """Every composite alarm of a stack."""
    if args.services is not None:
        yield from call_composites(args.services)
    if args.load_balancer is not None:
        yield from load_balancer_composites()


def events_of(args: MonitoringArgs) -> Iterator[Event]:
    """Every event of a stack that notifies a topic."""
    if args.services is not None:
        yield from cluster_events(args.services.cluster_name, args.names)
    if args.schedules is not None:
        yield from schedule_events(args.schedules)
    if args.host is not None:
        yield from host_events(args.names)
    if args.functions:
        yield from rotation_events()
    if args.backup is not None:
        yield from backup_events(args.backup)
    if args.trail is not None and args.trail.detector:
        yield from trail_events()


def _served(args: MonitoringArgs) -> bool:
    """Whether the load balancer has a target: with a host always, with a gateway once it has an image."""
    if args.services is None:
        return True
    platform = args.services.platform
    return platform.gateway is not None and platform.services[platform.gateway].image is not None
