"""Writes a whole run as JSON, without secret values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.engine.model import Resource, Result


def to_dict(result: Result) -> dict[str, Any]:
    """The whole run as JSON values, without secret values."""
    return {
        "stack": result.stack,
        "preview": result.preview,
        "exitCode": result.exit_code,
        "error": result.error,
        "counts": result.counts,
        "steps": [{**vars(step), "changed": list(step.changed)} for step in result.steps],
        "findings": [vars(finding) for finding in result.findings],
        "remediated": result.remediated,
        "verification": result.verification.to_dict() if result.verification else None,
        "outputs": result.outputs,
        "secretOutputs": sorted(result.secret_outputs),
        "standIns": result.stand_ins,
        "answeredInProcess": result.in_process,
        "messages": result.messages,
        "seconds": result.seconds,
        "page": result.page,
        "url": result.url,
        "resources": [_resource(resource) for resource in result.resources],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    names = ("urn", "type", "name", "parent", "id", "protect", "provider", "dependencies")
    body = {name: getattr(resource, name) for name in names}
    return {
        **body,
        "propertyDependencies": resource.property_dependencies,
        "secretInputs": sorted(resource.secret),
    }


def write(result: Result, path: Path) -> None:
    """Write the whole run as JSON to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(to_dict(result), indent=2, default=str) + "\n")
