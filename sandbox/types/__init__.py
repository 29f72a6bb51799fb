"""The table: importing this package adds a row for every resource type that the sandbox can bring up."""

from __future__ import annotations

from sandbox.types import (
    audit,
    backup,
    containers,
    databases,
    edge,
    functions,
    hosts,
    identity,
    keys,
    network,
    observability,
    storage,
    systems,
)

__all__ = [
    "audit",
    "backup",
    "containers",
    "databases",
    "edge",
    "functions",
    "hosts",
    "identity",
    "keys",
    "network",
    "observability",
    "storage",
    "systems",
]
