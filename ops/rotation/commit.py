"""Names the changed stack file at the end of a command, and commits it where that was asked for."""

from __future__ import annotations

import subprocess

from ops.core.context import Site
from ops.core.exits import Exit, Stop


def stack_file(site: Site, message: str, *, write: bool) -> None:
    """Say that the stack file must be committed, and who must pull it; with ``write`` commit it alone."""
    name = site.path.name
    others = f"whoever runs `pulumi up` on {site.stack}, the pipeline too, must pull it first"
    if not write:
        site.say(f"commit {name} and push it: {others} (`git add {name}`, `git commit {name}`; or --commit)")
        return
    if not _git(site, "status", "--porcelain", "--", name).strip():
        site.say(f"{name} is committed already: push it; {others}")
        return
    _git(site, "add", "--", name)
    _git(site, "commit", "--quiet", "--message", message, "--only", "--", name)
    site.say(f"{name} is committed: push it; {others}", "green")


def _git(site: Site, *command: str) -> str:
    try:
        ran = subprocess.run(
            ["git", *command], cwd=site.root, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError:
        raise Stop(Exit.PARTLY, _by_hand(site, "git is not on PATH")) from None
    if ran.returncode:
        # What git printed is not repeated: a hook may quote the file.
        raise Stop(Exit.PARTLY, _by_hand(site, f"`git {command[0]}` ended with {ran.returncode}"))
    return ran.stdout.decode("utf-8", "replace")


def _by_hand(site: Site, why: str) -> str:
    return f"{why}: commit {site.path.name} by hand and push it, then go on with --resume"
