"""The table of resource types: importing this package registers every type that the sandbox supports."""

from __future__ import annotations

from sandbox.provider.types import compute, data, network, operations, security

__all__ = ["compute", "data", "network", "operations", "security"]
