"""Alarms, alarm topics, log filters and the dashboard of one stack."""

from components.monitoring.ages import Ages, AgesArgs
from components.monitoring.alarms.database import DatabaseMetrics
from components.monitoring.alarms.host import HostMetrics
from components.monitoring.alarms.hygiene.backup import BackupMetrics
from components.monitoring.alarms.load_balancer import LoadBalancerMetrics
from components.monitoring.alarms.queues import QueueMetrics
from components.monitoring.alarms.schedules import ScheduleMetrics
from components.monitoring.alarms.services import ServiceMetrics
from components.monitoring.alarms.trail import TrailLog
from components.monitoring.deployment_alarms import deployment_alarms
from components.monitoring.monitoring import Monitoring, MonitoringArgs
from components.monitoring.topics import Topics, TopicsArgs

__all__ = [
    "Ages",
    "AgesArgs",
    "BackupMetrics",
    "DatabaseMetrics",
    "HostMetrics",
    "LoadBalancerMetrics",
    "Monitoring",
    "MonitoringArgs",
    "QueueMetrics",
    "ScheduleMetrics",
    "ServiceMetrics",
    "Topics",
    "TopicsArgs",
    "TrailLog",
    "deployment_alarms",
]
