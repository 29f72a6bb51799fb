"""Decides whether a command may write: only with --apply, and on a production stack only when confirmed."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import typer

from ops.core.exits import Exit, Stop


@dataclass(frozen=True)
class Consent:
    """The operator's options --apply, --yes and --reason."""

    apply: bool = False
    yes: bool = False
    reason: str | None = None

    def given(self, stack: str, *, production: bool) -> bool:
        """Whether to write; :class:`Stop` where a production stack was not confirmed."""
        if not self.apply:
            return False
        if not production:
            return True
        if self.yes:
            if not (self.reason or "").strip():
                raise Stop(Exit.REFUSED, f"{stack} is a production stack: --yes requires --reason TEXT")
            return True
        if not sys.stdin.isatty():
            raise Stop(Exit.REFUSED, f"{stack} is a production stack: add --yes --reason TEXT")
        if typer.prompt(f"{stack} is a production stack; type its name to continue", err=True) != stack:
            raise Stop(Exit.REFUSED, f"the name does not match {stack}: nothing was changed")
        return True
