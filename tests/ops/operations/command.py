"""A command that writes, as the matrix of commands and boundaries runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ops.operations.killed import Boundary


@dataclass(frozen=True)
class Command:
    """One command on a stack that is up."""

    run: Callable[[Boundary], Any]
    again: Callable[[], None]
    """Run it again after an interruption at any point, and assert the result."""


Standing = Callable[[Path], Any]
"""Create a stack in a folder: a context manager that yields a :class:`Command`."""
