"""Puts values where only something outside the sandbox would put them, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.config import StackConfig
from sandbox.model import Result

if TYPE_CHECKING:
    from sandbox.world import World


def put(world: World, config: StackConfig, result: Result) -> list[str]:
    """Fill what is empty after ``up``; answers one line each."""
    return []
