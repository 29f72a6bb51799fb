"""Updates a stack in its kept sandbox, by a run of ``python -m sandbox up``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ops.core.updater import Update, run_update
from sandbox.session import Home


def serves(stack: str, root: Path) -> bool:
    """Whether the AWS calls of this process go to the stack's own kept sandbox."""
    return Home.of(root, stack).endpoint() == os.environ.get("AWS_ENDPOINT_URL")


def update_of(stack: str, root: Path) -> Update:
    """The update of that sandbox."""
    command = [sys.executable, "-m", "sandbox", "up", "--stack", stack, "--no-verify"]
    return lambda: run_update(command, root)
