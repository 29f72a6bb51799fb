"""Derives the purposes of a stack's KMS keys: one key per purpose."""

from __future__ import annotations

from typing import Literal

from settings.schema.stack import Settings

Purpose = Literal[
    "secrets", "data", "logs", "alerts", "sessions", "audit", "backup", "buckets", "queues", "exec"
]

ECS_EXEC: Purpose = "exec"
"""ECS Exec sessions: the only key without an alias, referred to by the ECS cluster."""


def kms_purposes(settings: Settings) -> tuple[Purpose, ...]:
    """The purposes for which a stack has a KMS key."""
    optional: dict[Purpose, bool] = {
        "sessions": settings.host is not None,
        "audit": settings.audit is not None,
        "backup": settings.backup is not None,
        "buckets": bool(settings.buckets),
        "queues": bool(settings.queues),
        ECS_EXEC: settings.containers is not None and settings.containers.exec_enabled,
    }
    return ("secrets", "data", "logs", "alerts", *(purpose for purpose, has in optional.items() if has))
