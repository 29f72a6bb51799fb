"""Reads the resources of the CLI's state, as ``pulumi stack export`` writes it."""

from __future__ import annotations

import json
from typing import Any

from pulumi import automation

from sandbox.engine import urns
from sandbox.engine.model import Resource
from sandbox.plugin.messages import ASSETS, SIGNATURE

SECRET = "1b47061264138c4ac30d75fd1eb44270"


def resources(stack: automation.Stack) -> dict[str, Resource]:
    """URN to resource; values are unwrapped, so never print them."""
    deployment = stack.export_stack().deployment or {}
    return {one["urn"]: _resource(one) for one in deployment.get("resources") or []}


def _resource(body: dict[str, Any]) -> Resource:
    inputs = body.get("inputs") or {}
    return Resource(
        urn=body["urn"],
        type=body["type"],
        name=urns.name_of(body["urn"]),
        parent=body.get("parent", ""),
        custom=body["custom"],
        inputs=_plain(inputs),
        secret={key for key, value in inputs.items() if _holds_secret(value)},
        id=body.get("id", ""),
        outputs=_plain(body.get("outputs") or {}),
        dependencies=body.get("dependencies") or [],
        property_dependencies=body.get("propertyDependencies") or {},
        provider=body.get("provider", ""),
        protect=body.get("protect", False),
        retain_on_delete=body.get("retainOnDelete", False),
        additional_secret_outputs=body.get("additionalSecretOutputs") or [],
        aliases=body.get("aliases") or [],
        external=body.get("external", False),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        return _plain(json.loads(value["plaintext"])) if "plaintext" in value else None
    if value.get(SIGNATURE) in ASSETS:
        return {"hash": value.get("hash")}
    return {key: _plain(item) for key, item in value.items()}


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(_holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secret(item) for item in value)
