"""The alarms on what CloudTrail records."""

from components.monitoring.alarms.trail.alarms import trail_alarms, trail_events
from components.monitoring.alarms.trail.log import NAMESPACE, TrailLog, TrailMetric
from components.monitoring.alarms.trail.metrics import trail_metrics

__all__ = ["NAMESPACE", "TrailLog", "TrailMetric", "trail_alarms", "trail_events", "trail_metrics"]
