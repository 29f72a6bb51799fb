"""Decides whether a command may write: only with --apply, and where it matters only when confirmed."""

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
    confirm: str = ""
    """Why the command needs a confirmation on every stack; empty where only production stacks do."""

    def given(self, stack: str, *, production: bool) -> bool:
        """Whether to write; :class:`Stop` where it was not confirmed."""
        if not self.apply:
            return False
        why = f"{stack} is a production stack" if production else self.confirm
        if not why:
            return True
        if self.yes:
            if not (self.reason or "").strip():
                raise Stop(Exit.REFUSED, f"{why}: --yes requires --reason TEXT")
            return True
        if not sys.stdin.isatty():
            raise Stop(Exit.REFUSED, f"{why}: add --yes --reason TEXT")
        if typer.prompt(f"{why}; type {stack} to continue", err=True) != stack:
            raise Stop(Exit.REFUSED, f"the name does not match {stack}: nothing was changed")
        return True
