"""What a stack tells its judges: production or not, what it declared, what it may cost."""

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
    "instanceClasses": _NAMES,
    "storageGib": {"type": "number"},
    "natGateways": {"type": "number"},
}
SCHEMA = PolicyConfigSchema(properties=PROPERTIES)


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """The pack's configuration. Every default is the strict one."""

    production: bool = True
    audit: bool = True
    environment: str = ""
    account_id: str = ""
    secrets: tuple[str, ...] = ()
    """Store names of the declared secrets; none means that the stack declared none to the pack."""
    supplied_secrets: tuple[str, ...] = ()
    """Declared secrets whose value an operator may bring."""
    rotated_secrets: tuple[str, ...] = ()
    """Declared secrets whose value a rotation function owns."""
    deploy_secrets: tuple[str, ...] = ()
    """Declared secrets that the deploy role reads."""
    ssh_cidrs: tuple[str, ...] = ()
    public_groups: tuple[str, ...] = ("alb",)
    """Name endings of the security groups that the world may enter on 80 and 443."""
    required_tags: tuple[str, ...] = ("App", "Env", "ManagedBy")
    calls: tuple[str, ...] = ()
    """Declared calls between services, ``caller>callee`` by security group name."""
    instance_classes: tuple[str, ...] = ()
    storage_gib: float = 0
    nat_gateways: float = 0

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Configuration:
        """The configuration of one policy as the engine hands it over; unknown keys are refused."""
        if stray := sorted(set(given) - set(PROPERTIES)):
            raise ValueError(f"policy pack configuration has no {', '.join(stray)}")
        fields: dict[str, Any] = {
            _snake(key): tuple(value) if isinstance(value, list) else value for key, value in given.items()
        }
        return cls(**fields)


def production(stack_config: str) -> bool:
    """Whether the engine's stack configuration (its JSON) names a production environment; unsaid is yes."""
    try:
        environment = json.loads(json.loads(stack_config or "{}").get("strongroom:environment") or "{}")
    except (ValueError, TypeError):
        return True
    return not isinstance(environment, dict) or environment.get("production") is not False


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
