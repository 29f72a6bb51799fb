"""What every container of ours is: not root, without capabilities, on a read-only root, logged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

STOP_TIMEOUT_S = 30
TMPFS_MIB = 128

Container = dict[str, Any]
"""One container of a task, as ECS spells it."""


def container(
    name: str, *, user: str, writable_paths: Iterable[str], log: dict[str, Any], writable_root: bool = False
) -> Container:
    """All but what it runs: image, secrets, environment, ports and health are added by the caller."""
    return {
        "cpu": 0,
        "essential": True,
        "environment": [],
        "linuxParameters": {
            "capabilities": {"add": [], "drop": ["ALL"]},
            "initProcessEnabled": True,
            "tmpfs": [
                {"containerPath": path, "mountOptions": ["noexec", "nosuid", "nodev"], "size": TMPFS_MIB}
                for path in sorted(writable_paths)
            ],
        },
        "logConfiguration": log,
        "mountPoints": [],
        "name": name,
        "portMappings": [],
        "privileged": False,
        "readonlyRootFilesystem": not writable_root,
        "stopTimeout": STOP_TIMEOUT_S,
        "systemControls": [],
        "user": user,
        "volumesFrom": [],
    }
