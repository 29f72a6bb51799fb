"""CloudWatch: composite alarms, whose operation moto does not route."""

from __future__ import annotations


def install() -> None:
    """Route PutCompositeAlarm to the code of PutMetricAlarm, which accepts an AlarmRule."""
    from moto.cloudwatch.responses import CloudWatchResponse

    CloudWatchResponse.put_composite_alarm = CloudWatchResponse.put_metric_alarm  # type: ignore[attr-defined]
