"""Passes values to `pulumi config set` on standard input, so that no process list shows them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from ops.core.exits import Exit, Stop
from ops.import_env.accepted import Value

TIMEOUT_S = 120


def put(
    stack: str, values: Sequence[Value], root: Path, boundary: Callable[[str], None] = lambda _: None
) -> list[str]:
    """Set each value as a secret of the stack's configuration; the names that were set.

    ``boundary`` is called by name after each value; tests end the run there.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise Stop(
            Exit.BAD_INPUT, "the Pulumi CLI is not on PATH: install it and run again; nothing was changed"
        )
    done: list[str] = []
    for value in values:
        path = f"strongroom:values.{value.key}"
        command = [pulumi, "config", "set", "--secret", "--path", path, "--stack", stack, "--non-interactive"]
        try:
            ran = subprocess.run(
                command,
                input=value.text.encode(),
                cwd=root,
                capture_output=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _stopped(value.key, f"did not end within {TIMEOUT_S} s", done) from None
        if ran.returncode != 0:
            raise _stopped(value.key, f"ended with {ran.returncode}", done)
        done.append(value.key)
        boundary(f"{value.key}: set")
    return done


def _stopped(key: str, what: str, done: Sequence[str]) -> Stop:
    """An error without the output of the CLI, which may quote a value."""
    hint = f"run `pulumi config --stack ...` to see why; set so far: {', '.join(done) or 'none'}"
    return Stop(Exit.PARTLY if done else Exit.UNREACHABLE, f"{key}: `pulumi config set` {what}; {hint}")
