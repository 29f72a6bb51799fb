"""Creates the alarms, event rules, log filters, masking and dashboard of a stack."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch

from components.monitoring.alarm import declare
from components.monitoring.alarms.database import FATAL_METRIC
from components.monitoring.alarms.host import AUTH_LOG, SSH_METRIC, SSH_REFUSED
from components.monitoring.alarms.stack_alarms import MonitoringArgs, alarms_of, composites_of, events_of
from components.monitoring.alarms.trail import NAMESPACE, trail_metrics
from components.monitoring.composite import declare_composite
from components.monitoring.dashboard import DashboardParts, dashboard_body, dashboard_name, dashboard_url
from components.monitoring.event_rule import create_event_rule, subscribe_to_rds_events
from components.monitoring.log_filters import DATABASE_FATAL, count, count_signals, text_pattern
from components.monitoring.masking import mask
from components.options import child_of

__all__ = ["Monitoring", "MonitoringArgs"]


class Monitoring(pulumi.ComponentResource):
    """Log filters, masking, alarms and the dashboard of one application in one environment."""

    dashboard_url: str
    """The URL of the dashboard in the console."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Monitoring", name, None, opts)
        self._args, names = args, args.names
        self._count()
        mask(self, args.all_logs)
        alarms, composites = list(alarms_of(args)), list(composites_of(args))
        grouped = {label for composite in composites for label in composite.alarms}
        declared = {
            one.label: declare(self, one, names, args.topics, grouped=one.label in grouped) for one in alarms
        }
        for composite in composites:
            declare_composite(self, composite, declared, names, args.topics)
        for event in events_of(args):
            create_event_rule(self, event, names, args.topics)
        if args.database is not None:
            subscribe_to_rds_events(self, names, args.topics)
        notifying = [*composites, *(one for one in alarms if one.label not in grouped)]
        shown = DashboardParts(
            names=names,
            # "critical" sorts before "warning".
            alarms=[names.part(one.label) for one in sorted(notifying, key=lambda one: one.severity)],
            logs=args.logs,
            services=args.services,
            host=args.host,
            load_balancer=args.load_balancer,
            database=args.database,
            cache_members=args.cache_members,
        )
        cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=dashboard_name(names),
            dashboard_body=dashboard_body(shown),
            opts=child_of(self),
        )
        self.dashboard_url = dashboard_url(names)
        self.register_outputs({"dashboardUrl": self.dashboard_url})

    def _count(self) -> None:
        args, host = self._args, self._args.host
        count_signals(self, args.logs, args.settings, args.metrics_of("App"))
        if args.database is not None:
            pattern, metrics_of = text_pattern(DATABASE_FATAL), args.metrics_of("Db")
            count(self, "database-refuses", args.database.log_group_name, pattern, metrics_of, FATAL_METRIC)
        if host is not None and host.settings.ssh.enabled:
            pattern, metrics_of = text_pattern(SSH_REFUSED), args.metrics_of("Host")
            count(self, "ssh-refused", host.logs[AUTH_LOG], pattern, metrics_of, SSH_METRIC)
        if args.trail is not None:
            for one in trail_metrics(args.trail, args.names):
                for number, pattern in enumerate((one.pattern, *one.more_patterns), 1):
                    label = one.slug if number == 1 else f"{one.slug}-{number}"
                    count(self, label, args.trail.log_group_name, pattern, NAMESPACE, one.metric)
