"""Reads an ECS service and its deployments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.errors import DeployError


def service(ecs: Any, cluster: str, name: str) -> dict[str, Any]:
    """What ECS says of a service that has a deployment."""
    answer = ecs.describe_services(cluster=cluster, services=[name])
    found = answer.get("services", [])
    if not found:
        reasons = ", ".join(one.get("reason", "") for one in answer.get("failures", []))
        raise DeployError(f"{name}: no such service in cluster {cluster}: {reasons}".rstrip(": "))
    # ECS still describes a service that was deleted, without a deployment.
    if not any(one["status"] == "PRIMARY" for one in found[0].get("deployments", [])):
        raise DeployError(
            f"{name}: the service in cluster {cluster} is {found[0].get('status', 'unknown')} "
            "and has no deployment: update the stack"
        )
    return found[0]


def primary(service: Mapping[str, Any]) -> dict[str, Any]:
    """The deployment that was made last."""
    return next(one for one in service["deployments"] if one["status"] == "PRIMARY")


def completed(deployments: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest that ECS completed; one that is in progress or failed has proved nothing."""
    return next((one for one in deployments if one.get("rolloutState") == "COMPLETED"), None)


def alone(one: Mapping[str, Any], service: Mapping[str, Any]) -> bool:
    """Whether no task of another deployment runs."""
    return not any(other.get("runningCount") for other in service["deployments"] if other is not one)
