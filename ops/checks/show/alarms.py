"""Finds the alarms that are about a service, a tool or the host, with their state."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ops.core.aws_state import AwsState, Item
from ops.core.resources.alarms import stack_alarms
from settings.grants import HOST_READER

Alarms = dict[str, dict[str, str]]
"""State by alarm, by the name of the service, tool or host."""


def alarms_by_part(aws: AwsState, names: Sequence[str]) -> Alarms:
    """The alarms of each; of a host all alarms of the stack.

    An alarm is about a service where its name ends in it, or one of its dimensions is the service.
    """
    listed = stack_alarms(aws)
    return {
        name: {one["AlarmName"]: one["StateValue"] for one in listed if _about(aws, one, name)}
        for name in names
    }


def _about(aws: AwsState, alarm: Item, name: str) -> bool:
    if name == HOST_READER and aws.settings.host:
        return True
    if re.search(rf"-{re.escape(name)}$", alarm["AlarmName"]):
        longer = [other for other in aws.settings.services if other != name and other.endswith(f"-{name}")]
        return not any(alarm["AlarmName"].endswith(f"-{other}") for other in longer)
    metrics = [alarm, *(one.get("MetricStat", {}).get("Metric", {}) for one in alarm.get("Metrics", []))]
    values = {one["Value"] for metric in metrics for one in metric.get("Dimensions", [])}
    return bool(values & {aws.names.part(name), aws.names.log_group(name)})
