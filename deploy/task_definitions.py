"""Copies a declared task definition with another image."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from deploy.errors import DeployError


def described(ecs: Any, arn: str) -> dict[str, Any]:
    """The task definition as it can be registered: without what RegisterTaskDefinition does not take."""
    found = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    taken = ecs.meta.service_model.operation_model("RegisterTaskDefinition").input_shape.members
    return {key: value for key, value in found.items() if key in taken}


def with_image(declared: Mapping[str, Any], container: str, image: str) -> dict[str, Any]:
    """A copy whose container of that name runs ``image``; secrets and everything else stay as declared."""
    copy = deepcopy(dict(declared))
    named = [one for one in copy["containerDefinitions"] if one["name"] == container]
    if len(named) != 1:
        names = ", ".join(one["name"] for one in copy["containerDefinitions"])
        raise DeployError(f"task definition {copy['family']}: no container {container}, it has {names}")
    named[0]["image"] = image
    return copy


def register(ecs: Any, definition: Mapping[str, Any]) -> str:
    """Register it, and return its ARN."""
    return ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]


def short(arn: str) -> str:
    """``family:revision``."""
    return arn.rpartition("/")[2]
