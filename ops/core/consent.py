"""Nothing is written without being asked for, and production asks twice."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import typer

from ops.core.exits import Exit, Stop


@dataclass(frozen=True)
class Consent:
    """How far the operator went on the command line."""

    apply: bool = False
    yes: bool = False
    reason: str | None = None

    def given(self, stack: str, *, production: bool) -> bool:
        """Whether to write; :class:`Stop` where production was not asked for clearly enough."""
        if not self.apply:
            return False
        if not production:
            return True
        if self.yes:
            if not (self.reason or "").strip():
                raise Stop(Exit.REFUSED, f"{stack} is a production stack: --yes needs --reason TEXT")
            return True
        if not sys.stdin.isatty():
            raise Stop(Exit.REFUSED, f"{stack} is a production stack: add --yes --reason TEXT")
        if typer.prompt(f"{stack} is a production stack; type its name to go on", err=True) != stack:
            raise Stop(Exit.REFUSED, f"that is not {stack}: nothing was changed")
        return True
