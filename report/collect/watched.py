"""Finds the part of a stack that a CloudWatch alarm is about, by the metric's namespace and dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from settings import Settings
from settings.schema.monitoring import TRAIL_NAMESPACE

_BY_DIMENSION = {
    "LoadBalancer": "edge",
    "WebACL": "edge",
    "CertificateArn": "edge",
    "DBInstanceIdentifier": "database",
    "CacheClusterId": "cache",
    "NatGatewayId": "network",
    "AutoScalingGroupName": "host",
    "RuleName": "monitoring",
    "TopicName": "topics",
}
_BY_METRIC = {"DatabaseCertificateAuthorityDays": "database", "RdsFatal": "database"}
_FUNCTIONS = {
    "rotate": "rotation",
    "redeploy": "rotation",
    "publish-ages": "ages",
    "check-restored": "backup",
    "validate-restore": "backup",
}
_BACKUP = ("Backup", "Restore", "Recovery")


class Watched:
    """Finds the part that an alarm's metrics describe."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._names = settings, settings.names
        self._workload = "host" if settings.host else "containers"

    def __call__(self, alarm: Mapping[str, Any]) -> str:
        """The ID of the part; the application as a whole where no dimension names one."""
        for metric in _metrics(alarm):
            if part := self._of(metric):
                return part
        return self._workload

    def _of(self, metric: Mapping[str, Any]) -> str:
        sizes, name = metric.get("dimensions") or {}, str(metric.get("metricName"))
        namespace = str(metric.get("namespace"))
        for key in ("TargetDiscoveryName", "ServiceName", "LogGroupName"):
            if key in sizes and (part := self._named(str(sizes[key]))):
                return part
        for key, part in _BY_DIMENSION.items():
            if key in sizes:
                return part
        if "FunctionName" in sizes:
            return _FUNCTIONS.get(str(sizes["FunctionName"]).removeprefix(self._names.part("")), "monitoring")
        if namespace == TRAIL_NAMESPACE:
            return "audit"
        if name in _BY_METRIC:
            return _BY_METRIC[name]
        if namespace == "AWS/Backup" or name.startswith(_BACKUP):
            return "backup"
        return "secrets" if name.startswith("Secret") else ""

    def _named(self, name: str) -> str:
        """The service with this name in ECS or Service Connect, or of this log group."""
        group = self._names.log_group("")
        short = (
            name.removeprefix(group) if name.startswith(group) else name.removeprefix(self._names.part(""))
        )
        if short == "trail":
            return "audit"
        return short if short in (*self._settings.services, *self._settings.tools) else ""


def _metrics(alarm: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield alarm
    for query in alarm.get("metricQueries") or []:
        if query.get("metric"):
            yield query["metric"]
