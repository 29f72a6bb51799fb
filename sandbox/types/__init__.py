"""The table: importing this package adds a row for every resource type that the sandbox can bring up."""

from __future__ import annotations

from sandbox.types import (
    access_lists,
    audit,
    backup,
    caches,
    containers,
    databases,
    edge,
    functions,
    groups,
    hosts,
    identity,
    keys,
    messages,
    names,
    network,
    observability,
    storage,
    systems,
)

__all__ = [
    "access_lists",
    "audit",
    "backup",
    "caches",
    "containers",
    "databases",
    "edge",
    "functions",
    "groups",
    "hosts",
    "identity",
    "keys",
    "messages",
    "names",
    "network",
    "observability",
    "storage",
    "systems",
]
