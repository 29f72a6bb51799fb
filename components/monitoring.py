"""Watches a stack: every part has its alarms, every alarm a topic, every log line that matters a count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import cloudwatch

from components.alarms import Alarm, declare
from components.dashboard import dashboard_body, dashboard_name, dashboard_url
from components.dashboard_rows import Shown
from components.log_filters import DATABASE_FATAL, count, count_signals, namespace, text_pattern
from components.masking import mask
from components.options import child_of
from components.topics import Topics
from components.watch.application import application_alarms, masking_alarms
from components.watch.database import FATAL_METRIC, DatabaseWatched, database_alarms
from components.watch.delivery import delivery_alarms
from components.watch.door import DoorWatched, door_alarms
from components.watch.events import (
    CANNOT_START,
    DEPLOYMENT_FAILED,
    alarm_on_ecs_events,
    hear_of_database_events,
)
from components.watch.services import ServicesWatched, service_alarms
from components.watch.stores import cache_alarms, nat_alarms
from settings.names import Names
from settings.outside import MonitoringSettings


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """What there is to watch; a part that a stack does not have is left out."""

    names: Names
    settings: MonitoringSettings
    topics: Topics
    logs: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Names of the application's log groups, by service."""
    services: ServicesWatched | None = None
    door: DoorWatched | None = None
    database: DatabaseWatched | None = None
    cache_members: Sequence[pulumi.Input[str]] = ()
    """Ids of the cache's nodes, in their order."""
    nat_gateways: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """NAT gateway ids, by the letter of the zone."""


class Monitoring(pulumi.ComponentResource):
    """Log filters, masking, alarms and the dashboard of one application in one environment."""

    dashboard_url: str
    """Where people look first."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Monitoring", name, None, opts)
        self._args, names = args, args.names
        own = namespace(names.prefix)
        count_signals(self, args.logs, args.settings.log_patterns, own)
        mask(self, args.logs)
        if args.database is not None:
            pattern, metrics_of = text_pattern(DATABASE_FATAL), namespace(names.prefix, "Db")
            count(self, "database-refuses", args.database.log_group_name, pattern, metrics_of, FATAL_METRIC)
            hear_of_database_events(self, names, args.topics)
        if args.services is not None:
            alarm_on_ecs_events(self, args.services.cluster_name, names, args.topics)
        alarms = list(self._alarms(own))
        for alarm in alarms:
            declare(self, alarm, names, args.topics)
        cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=dashboard_name(names),
            dashboard_body=dashboard_body(self._shown(alarms)),
            opts=child_of(self),
        )
        self.dashboard_url = dashboard_url(names)
        self.register_outputs({"dashboardUrl": self.dashboard_url})

    def _alarms(self, own: str) -> Iterator[Alarm]:
        args = self._args
        rules = (DEPLOYMENT_FAILED, CANNOT_START) if args.services is not None else ()
        yield from delivery_alarms(args.names, rules)
        if args.logs:
            yield from application_alarms(own, args.settings)
            yield from masking_alarms(args.logs)
        if args.services is not None:
            yield from service_alarms(args.services, args.settings)
        if args.door is not None:
            yield from door_alarms(args.door, args.settings, args.names.region, served=self._served())
        if args.database is not None:
            yield from database_alarms(args.database, namespace(args.names.prefix, "Db"))
        yield from cache_alarms(args.cache_members)
        yield from nat_alarms(args.nat_gateways)

    def _shown(self, alarms: list[Alarm]) -> Shown:
        args = self._args
        loudest = sorted(alarms, key=lambda alarm: alarm.severity)
        return Shown(
            names=args.names,
            alarms=[args.names.part(alarm.label) for alarm in loudest],
            logs=args.logs,
            services=args.services,
            door=args.door,
            database=args.database,
            cache=args.cache_members,
        )

    def _served(self) -> bool:
        """Whether somebody stands behind the door: a host always does, a gateway once it has an image."""
        if self._args.services is None:
            return True
        platform = self._args.services.platform
        return platform.services[platform.gateway].image is not None
