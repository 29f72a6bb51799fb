"""Policy pack configuration of a stack: environment, declared names, size limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_policy import PolicyConfigSchema

_NAMES = {"type": "array", "items": {"type": "string"}}
PROPERTIES: dict[str, dict[str, Any]] = {
    "production": {"type": "boolean"},
    "audit": {"type": "boolean"},
    "environment": {"type": "string"},
    "accountId": {"type": "string"},
    "secrets": _NAMES,
    "suppliedSecrets": _NAMES,
    "rotatedSecrets": _NAMES,
    "deploySecrets": _NAMES,
    "sshCidrs": _NAMES,
    "publicGroups": _NAMES,
    "requiredTags": _NAMES,
    "calls": _NAMES,
    "gateways": _NAMES,
    "instanceClasses": _NAMES,
    "storageGib": {"type": "number"},
    "natGateways": {"type": "number"},
}
SCHEMA = PolicyConfigSchema(properties=PROPERTIES)


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """The pack's configuration of one stack. Every default is the strictest value."""

    production: bool = True
    audit: bool = True
    environment: str = ""
    account_id: str = ""
    secrets: tuple[str, ...] = ()
    """Names in the store of the declared secrets; empty when the configuration lists none."""
    supplied_secrets: tuple[str, ...] = ()
    """Declared secrets whose value an operator may supply."""
    rotated_secrets: tuple[str, ...] = ()
    """Declared secrets whose value a rotation function writes."""
    deploy_secrets: tuple[str, ...] = ()
    """Declared secrets that the deploy role may read."""
    ssh_cidrs: tuple[str, ...] = ()
    public_groups: tuple[str, ...] = ("alb",)
    """Name endings of the security groups that the Internet may reach on ports 80 and 443."""
    required_tags: tuple[str, ...] = ("App", "Env", "ManagedBy")
    calls: tuple[str, ...] = ()
    """Declared calls between services, ``caller>callee`` by security group name."""
    gateways: tuple[str, ...] = ()
    """Security group names of the services that may call every other; all behind a load balancer if empty."""
    instance_classes: tuple[str, ...] = ()
    storage_gib: float = 0
    nat_gateways: float = 0

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Configuration:
        """Parse the configuration that the engine sends for a policy; ValueError for an unknown key."""
        if stray := sorted(set(given) - set(PROPERTIES)):
            raise ValueError(f"policy pack configuration: unknown {', '.join(stray)}; remove it")
        fields: dict[str, Any] = {
            _snake(key): tuple(value) if isinstance(value, list) else value for key, value in given.items()
        }
        return cls(**fields)


def production(stack_config: str) -> bool:
    """Whether the engine's stack configuration (JSON) is of a production environment; the default is True."""
    try:
        environment = json.loads(json.loads(stack_config or "{}").get("strongroom:environment") or "{}")
    except (ValueError, TypeError):
        return True
    return not isinstance(environment, dict) or environment.get("production") is not False


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
