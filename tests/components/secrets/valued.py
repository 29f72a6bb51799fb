"""Builds the secret values of a stack alone."""

from __future__ import annotations

import json
from typing import Any

import pulumi

from components.secrets import Values, ValuesArgs
from settings import Settings, read_stack_file
from tests.components.alone import build, protected, with_secret
from tests.harness import Deployment


def values_of(settings: Settings) -> Deployment:
    """The values of a stack, exported as outputs: only there does the engine report which are secret."""

    def program() -> dict[str, Any]:
        args = ValuesArgs(secrets=settings.secrets, supplied={})
        values = Values("values", args, protected(settings))
        for key, current in values.current.items():
            pulumi.export(key, current)
        for key, document in values.rings.items():
            pulumi.export(f"{key} ring", document)
        return {"previous": values.previous, "kids": values.kids}

    return build(program)


def ring(deployment: Deployment, key: str = "entry-encryption-key") -> dict[int, dict[str, Any]]:
    """The entries of a ring, by generation."""
    document = json.loads(deployment.exports[f"{key} ring"])
    return {entry["generation"]: entry for entry in document["keys"]}


def with_entry_key(**fields: Any) -> Settings:
    """Production with other fields of the key that encrypts entries."""
    return with_secret(read_stack_file("prod"), "entry-encryption-key", **fields)
