"""Updates and deletes a stack in its kept sandbox."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.core.exits import Exit, Stop
from ops.core.updater import Deployed, Update, run_update
from sandbox import Sandbox
from sandbox.engine.model import PROVIDER_PREFIX
from sandbox.engines import sandbox_of
from sandbox.session import Session


def serves(stack: str, root: Path) -> bool:
    """Whether the AWS calls of this process go to the stack's own kept sandbox."""
    return Session.of(root, stack).endpoint() == os.environ.get("AWS_ENDPOINT_URL")


def update_of(stack: str, root: Path) -> Update:
    """The update of that sandbox, as a function."""
    return _KeptSandbox(stack, root)


def deployed(sandbox: Sandbox) -> list[Deployed]:
    """The resources of AWS in a sandbox's state; inputs that are secret are left out."""
    return [
        Deployed(
            one.urn,
            one.type,
            one.id,
            one.protect,
            {key: value for key, value in one.inputs.items() if key not in one.hidden},
        )
        for one in sandbox.deployed().values()
        if one.custom and not one.external and not one.type.startswith(PROVIDER_PREFIX)
    ]


@dataclass(frozen=True)
class _KeptSandbox:
    stack: str
    root: Path

    def __call__(self) -> None:
        command = [sys.executable, "-m", "sandbox", "up", "--stack", self.stack, "--no-verify"]
        run_update(command, self.root)

    def unprotect(self, urns: Sequence[str]) -> None:
        with self._sandbox() as sandbox:
            known = sandbox.deployed()
            sandbox.unprotect([urn for urn in urns if urn in known])

    def resources(self) -> list[Deployed]:
        """The resources of AWS in the state; inputs that are secret are left out."""
        with self._sandbox() as sandbox:
            return deployed(sandbox)

    def destroy(self, keep: Sequence[str]) -> None:
        """Delete everything but ``keep`` and what it needs."""
        with self._sandbox() as sandbox:
            done = sandbox.destroy(keep=keep)
        if done.exit_code:
            raise Stop(Exit.PARTLY, f"the deletion ended with {done.exit_code}: {done.error}")

    def _sandbox(self) -> Sandbox:
        home = Session.of(self.root, self.stack)
        return sandbox_of(self.stack, home.engine(), home, root=self.root, endpoint=home.endpoint())
