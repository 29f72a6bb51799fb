"""Chooses what runs a stack's program: the in-process engine, or the Pulumi CLI."""

from __future__ import annotations

from typing import Any

from sandbox.config import BadInput
from sandbox.sandbox import Sandbox
from sandbox.session import IN_PROCESS, PULUMI, Session

ENGINES = (IN_PROCESS, PULUMI)


def engine_of(stack: str, asked: str | None, home: Session) -> str:
    """The engine that is asked for, else that of the kept sandbox; it must not change between runs."""
    kept = home.engine()
    if kept and asked not in (None, kept):
        raise BadInput(
            f"stack {stack} is kept by another process, and its state is of the {kept} engine: "
            f"pass --engine {kept}, or end that sandbox first"
        )
    return asked or kept or IN_PROCESS


def sandbox_of(stack: str, engine: str | None, home: Session | None, **how: Any) -> Sandbox:
    """A sandbox for the engine; its state is in ``home``, where it is kept."""
    if engine == PULUMI:
        from sandbox.automation import PulumiSandbox

        return PulumiSandbox(stack, folder=home.folder / "pulumi" if home else None, **how)
    return Sandbox(stack, state_file=home.state if home else None, **how)
