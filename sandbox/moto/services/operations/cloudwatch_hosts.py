"""CloudWatch: the metric by which a running host reports how many of its parts are missing."""

from __future__ import annotations

import base64
import datetime
import gzip
from collections.abc import Iterator
from typing import Any

from settings.host_env import MISSING_PARTS


def install() -> None:
    """Report no missing part for a running host, which does not boot here; data that was put counts more."""
    from moto.cloudwatch.models import CloudWatchBackend

    original = CloudWatchBackend.get_metric_data

    def get_metric_data(self: Any, queries: list[dict[str, Any]], *args: Any, **kwargs: Any) -> Any:
        results = original(self, queries, *args, **kwargs)
        hosts = {query["Id"]: group for query in queries if (group := _asks_of_host(query))}
        for result in results:
            group = hosts.get(result["id"])
            if group and not result["values"] and _boots(self, group):
                result["values"], result["timestamps"] = [0.0], [datetime.datetime.now(datetime.UTC)]
        return results

    CloudWatchBackend.get_metric_data = get_metric_data  # type: ignore[method-assign]


def _asks_of_host(query: dict[str, Any]) -> str | None:
    """The Auto Scaling group whose missing parts a query counts."""
    metric = query.get("MetricStat", {}).get("Metric", {})
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])}
    counts = metric.get("MetricName") == MISSING_PARTS and dimensions.keys() == {"AutoScalingGroupName"}
    return dimensions["AutoScalingGroupName"] if counts else None


def _boots(backend: Any, name: str) -> bool:
    """Whether a running instance has user data that reports: it would report that no part is missing."""
    from moto.autoscaling.models import autoscaling_backends

    group: Any = autoscaling_backends[backend.account_id][backend.region_name].autoscaling_groups.get(name)
    return any(MISSING_PARTS in text for text in _user_data(group)) if group else False


def _user_data(group: Any) -> Iterator[str]:
    for state in group.instance_states:
        if state.instance.state == "running":
            raw = base64.b64decode(str(state.instance.user_data or ""))
            yield (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode()
