"""Derives what the KMS keys of a stack are for; each purpose has a key of its own."""

from __future__ import annotations

from typing import Literal

from settings.schema.stack import Settings

Purpose = Literal["secrets", "data", "logs", "alerts", "sessions", "audit", "exec"]

ECS_EXEC: Purpose = "exec"
"""Shell sessions in tasks: the one key without an alias, named in the configuration of the ECS cluster."""


def kms_purposes(settings: Settings) -> tuple[Purpose, ...]:
    """The purposes that a stack has a key for."""
    optional: dict[Purpose, bool] = {
        "sessions": settings.host is not None,
        "audit": settings.audit is not None,
        ECS_EXEC: settings.containers is not None and settings.containers.exec_enabled,
    }
    return ("secrets", "data", "logs", "alerts", *(purpose for purpose, has in optional.items() if has))
