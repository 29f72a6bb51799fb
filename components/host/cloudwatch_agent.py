"""Configures the CloudWatch agent of a host: memory, disk and Docker metrics, login and system logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

METRICS_INTERVAL_S = 60


@dataclass(frozen=True, kw_only=True)
class LogGroups:
    """Names of the log groups that a host writes to."""

    app: str
    auth: str
    syslog: str


def agent_config(group_name: str, log_groups: LogGroups) -> dict[str, Any]:
    """The agent's configuration; metrics carry the Auto Scaling group's name, which outlives an instance."""
    group = {"AutoScalingGroupName": group_name}

    def measure(*names: str, **more: Any) -> dict[str, Any]:
        return {"measurement": list(names), "append_dimensions": group, **more}

    def collect(path: str, log_group: str) -> dict[str, Any]:
        return {
            "file_path": path,
            "log_group_name": log_group,
            "log_stream_name": "{instance_id}",
            "retention_in_days": -1,
        }

    return {
        # Otherwise every metric would also have the host name as a dimension.
        "agent": {"metrics_collection_interval": METRICS_INTERVAL_S, "omit_hostname": True},
        "metrics": {
            "namespace": "CWAgent",
            "metrics_collected": {
                "mem": measure("mem_used_percent"),
                "disk": measure("used_percent", resources=["/"], drop_device=True),
                "procstat": [{"pattern": "dockerd", **measure("pid_count")}],
            },
            "aggregation_dimensions": [
                ["AutoScalingGroupName"],
                ["AutoScalingGroupName", "path"],
                ["AutoScalingGroupName", "pattern"],
            ],
        },
        "logs": {
            "logs_collected": {
                "files": {
                    "collect_list": [
                        collect("/var/log/auth.log", log_groups.auth),
                        collect("/var/log/syslog", log_groups.syslog),
                    ]
                }
            }
        },
    }
