"""Tests of the CloudWatch agent's configuration: log files, and the metrics that alarms need."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.host.cloudwatch_agent import agent_config
from tests.host.machine import machine


@pytest.mark.accepts("B62")
def test_the_agent_ships_what_monitoring_watches(tmp_path: Path) -> None:
    spec = machine(tmp_path).spec
    config = agent_config(spec.group_name, spec.log_groups)
    sources = {
        one["file_path"]: one["log_group_name"]
        for one in config["logs"]["logs_collected"]["files"]["collect_list"]
    }
    assert sources == {"/var/log/auth.log": "/auth", "/var/log/syslog": "/syslog"}
    metrics = config["metrics"]["metrics_collected"]
    assert metrics["mem"]["append_dimensions"] == {"AutoScalingGroupName": "group"}
    assert metrics["procstat"][0]["pattern"] == "dockerd"
    assert config["agent"]["omit_hostname"] is True
    files = config["logs"]["logs_collected"]["files"]["collect_list"]
    assert {one["retention_in_days"] for one in files} == {-1}
