"""The stack file of staging with more services, as an application grows."""

from __future__ import annotations

from typing import Any

from settings import Settings, parse
from settings.stack_file import ROOT, raw_config

SERVICE = "recommendation"
"""The first part of the added services' names, as long as the longest of today."""


def settings_with_services(stack: str, number: int) -> Settings:
    """The settings of such a stack file."""
    raw = raw_config(ROOT / f"Pulumi.{stack}.yaml")
    more = with_services(stack, number)
    raw["platform"] = {**raw["platform"], **more["strongroom:platform"]}
    raw["secrets"] = more["strongroom:secrets"]
    return parse(stack, raw, others={}, examples_allowed=True)


def with_services(stack: str, number: int) -> dict[str, Any]:
    """Overrides for a stack file: as many services as ``number`` says, every second one of them external."""
    raw = raw_config(ROOT / f"Pulumi.{stack}.yaml")
    services, secrets = raw["platform"]["services"], raw["secrets"]
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
