"""Tells the operator to commit the changed stack file, or commits it (--commit)."""

from __future__ import annotations

import subprocess

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop


def stack_file(context: StackContext, message: str, *, write: bool) -> None:
    """Print that the stack file must be committed and pulled; with ``write`` commit it and no other file."""
    name = context.path.name
    others = f"everyone who runs `pulumi up` on {context.stack}, and the pipeline, must pull it first"
    if not write:
        context.say(
            f"commit {name} and push it: {others} (`git add {name}`, `git commit {name}`; or --commit)"
        )
        return
    if not _git(context, "status", "--porcelain", "--", name).strip():
        context.say(f"{name} is committed already: push it; {others}")
        return
    _git(context, "add", "--", name)
    _git(context, "commit", "--quiet", "--message", message, "--only", "--", name)
    context.say(f"{name} is committed: push it; {others}", "green")


def _git(context: StackContext, *command: str) -> str:
    try:
        ran = subprocess.run(
            ["git", *command], cwd=context.root, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError:
        raise Stop(Exit.PARTLY, _by_hand(context, "git is not on PATH")) from None
    if ran.returncode:
        # The output of git is not printed: a hook may quote the file.
        raise Stop(Exit.PARTLY, _by_hand(context, f"`git {command[0]}` ended with {ran.returncode}"))
    return ran.stdout.decode("utf-8", "replace")


def _by_hand(context: StackContext, why: str) -> str:
    return f"{why}: commit {context.path.name} by hand and push it, then continue with --resume"
