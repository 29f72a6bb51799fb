"""Updates a stack in its kept sandbox with ``python -m sandbox up``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.core.updater import Update, run_update
from sandbox.engines import sandbox_of
from sandbox.session import Session


def serves(stack: str, root: Path) -> bool:
    """Whether the AWS calls of this process go to the stack's own kept sandbox."""
    return Session.of(root, stack).endpoint() == os.environ.get("AWS_ENDPOINT_URL")


def update_of(stack: str, root: Path) -> Update:
    """The update of that sandbox, as a function."""
    return _KeptSandbox(stack, root)


@dataclass(frozen=True)
class _KeptSandbox:
    stack: str
    root: Path

    def __call__(self) -> None:
        command = [sys.executable, "-m", "sandbox", "up", "--stack", self.stack, "--no-verify"]
        run_update(command, self.root)

    def unprotect(self, urns: Sequence[str]) -> None:
        home = Session.of(self.root, self.stack)
        living = home.endpoint()
        with sandbox_of(self.stack, home.engine(), home, root=self.root, endpoint=living) as sandbox:
            known = sandbox.urns()
            sandbox.unprotect(urn for urn in urns if urn in known)
