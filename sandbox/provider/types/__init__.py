"""The table of resource types: importing this package adds a row for every type that the sandbox can make."""

from __future__ import annotations

from sandbox.provider.types import compute, data, network, operations, security

__all__ = ["compute", "data", "network", "operations", "security"]
