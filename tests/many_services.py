"""The stack file of staging with more services, as an application grows."""

from __future__ import annotations

import json
from typing import Any

from tests.program import config_of

SERVICE = "recommendation"
"""The first part of the added services' names, as long as the longest of today."""


def with_services(stack: str, number: int) -> dict[str, Any]:
    """Overrides for a stack file: as many services as ``number`` says, every second one of them external."""
    config = config_of(stack)
    platform: dict[str, Any] = json.loads(config["strongroom:platform"])
    secrets: dict[str, Any] = json.loads(config["strongroom:secrets"])
    services = platform["services"]
    added = [f"{SERVICE}-{one:02}" for one in range(len(services) + 1, number + 1)]
    for port, name in enumerate(added, 4001):
        services[name] = {
            "environment": {"SERVICE_NAME": name},
            "port": port,
            "minTasks": 1,
            "maxTasks": 2,
            "stores": ["database"],
            "external": port % 2 == 0,
            "urlEnv": f"{name.upper().replace('-', '_')}_URL",
            "requiredEnv": ["DATABASE_URL", "INTERNAL_SERVICE_SECRET"],
        }
    for secret in ("database-url", "internal-service-secret"):
        secrets[secret]["readers"] = [*secrets[secret]["readers"], *added]
    return {"strongroom:platform": {"services": services}, "strongroom:secrets": secrets}
