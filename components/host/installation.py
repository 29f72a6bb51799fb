"""Writes the files that install a host: a script, and the systemd timer that repeats it.

The script checks the effect of each part, such as a running agent, whatever its commands returned, and
reports to CloudWatch how many parts are missing. The timer never stops, so that a silent host is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from components.host.scripts import PATH, script, text, written
from settings.host_env import HOST_PARTS, MISSING_PARTS

START = (("systemctl", "daemon-reload"), ("systemctl", "enable", "--now", "host-install.timer"))
"""The commands of the first boot. They need neither a lock nor the network, unlike what the timer repeats."""
ROUNDS = 4
"""How often one run of the script tries each missing part."""
PAUSE_S = 15
LOCK_TIMEOUT_S = 300
"""How long apt waits for the lock of dpkg."""
LOCK_WAITS = 20
"""How many pauses one run waits for the locks for which neither apt nor dpkg waits by itself."""
_PACKAGES = ("docker.io", "docker-compose-v2", "iptables", "gnupg", "curl", "postgresql-client")
_AGENT_CONFIG = "/etc/cloudwatch-agent.json"
_UNITS = ("host-install.service", "host-install.timer", "app-update.service", "metadata-guard.service")


def installation(
    *, region: str, group: str, namespace: str, agent_config: Mapping[str, Any]
) -> list[dict[str, str]]:
    """The entries of ``write_files``: scripts, units and the configuration of the CloudWatch agent."""
    agent = {"region": region, "lock_timeout": LOCK_TIMEOUT_S}
    host = {
        "PATH": PATH,
        "region": region,
        "group": group,
        "namespace": namespace,
        "metric": MISSING_PARTS,
        "parts": HOST_PARTS,
        "packages": _PACKAGES,
        "agent_config": _AGENT_CONFIG,
        "rounds": ROUNDS,
        "pause": PAUSE_S,
        "lock_timeout": LOCK_TIMEOUT_S,
        "lock_waits": LOCK_WAITS,
    }
    return [
        written("/root/install-host.sh", script("install-host.sh", host), "0700"),
        written("/root/install-agent.sh", script("install-agent.sh", agent), "0700"),
        *(written(f"/etc/systemd/system/{unit}", text(unit)) for unit in _UNITS),
        written(_AGENT_CONFIG, json.dumps(agent_config, separators=(",", ":"))),
    ]
