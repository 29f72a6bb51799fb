"""Derives the defaults of settings that depend on other sections of the stack file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from settings.schema.network import NetworkSettings
from settings.schema.secrets import SecretSettings
from settings.schema.services import PlatformSettings

SECRETS_MANAGER = "secretsmanager"
CONTAINER_ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", SECRETS_MANAGER)
"""Tasks start without access to the Internet: image, log and secrets come through these."""
HOST_ENDPOINTS = ("ssm", "ssmmessages", "logs")
"""A host can reach AWS through its NAT gateway too; these keep parameters, sessions and logs in the VPC."""


def network_of(understood: Mapping[str, Any]) -> NetworkSettings:
    """The network, with the endpoints that the platform needs where the stack file names none."""
    network: NetworkSettings = understood["network"]
    if "endpoints" in network.model_fields_set or "platform" not in understood:
        return network
    platform: PlatformSettings = understood["platform"]
    if platform.kind == "containers":
        return network.model_copy(update={"endpoints": CONTAINER_ENDPOINTS})
    secrets: Mapping[str, SecretSettings] = understood.get("secrets", {})
    # A restore test reads the keyring through the endpoint.
    decrypts = understood.get("backup") and any(secret.encrypted_columns for secret in secrets.values())
    more = (SECRETS_MANAGER,) if decrypts else ()
    return network.model_copy(update={"endpoints": (*HOST_ENDPOINTS, *more)})
