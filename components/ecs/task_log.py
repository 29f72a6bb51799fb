"""What a task writes goes to its service's own log group, and a slow log never stops the process."""

from __future__ import annotations

from typing import Any

from settings.names import Names

BUFFER = "25m"
"""What a full buffer cannot hold is dropped."""


def log_configuration(names: Names, service: str, stream: str) -> dict[str, Any]:
    """The ``awslogs`` driver of one container, as ECS spells it."""
    return {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": names.log_group(service),
            "awslogs-region": names.region,
            "awslogs-stream-prefix": stream,
            "max-buffer-size": BUFFER,
            "mode": "non-blocking",
        },
        "secretOptions": [],
    }
