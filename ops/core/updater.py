"""A stack is brought to its file by the engine that owns it: a kept sandbox's own, or the Pulumi CLI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ops.core.exits import Exit, Stop
from ops.core.stack_context import Update
from settings import read_stack_file
from settings.policy_config import pack_config

PARALLEL = "64"
_TO_STDERR = 2
"""What the engine says is for people: stdout may carry one JSON document."""


def find(stack: str, root: Path) -> Update:
    """How to update this stack; :class:`Stop` before anything is changed where there is no way."""
    if _kept(stack, root):
        return lambda: _run([sys.executable, "-m", "sandbox", "up", "--stack", stack, "--no-verify"], root)
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise Stop(
            Exit.BAD_INPUT,
            "the Pulumi CLI is not on PATH: install it; or point at a kept sandbox "
            f"(`python -m sandbox up --stack {stack} --keep` prints how). Nothing was changed",
        )
    return lambda: _with_cli(pulumi, stack, root)


def _kept(stack: str, root: Path) -> bool:
    """Whether the calls of this command go to the stack's own kept sandbox."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return False
    from sandbox.session import Home  # only where somebody points at an emulated AWS

    return Home.of(root, stack).endpoint() == endpoint


def _with_cli(pulumi: str, stack: str, root: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(pack_config(read_stack_file(stack, root)), file)
        file.flush()
        pack = ["--policy-pack", "policies", "--policy-pack-config", file.name]
        _run([pulumi, "up", "-s", stack, *pack, "--yes", "--parallel", PARALLEL], root)


def _run(command: Sequence[str], root: Path) -> None:
    ran = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=_TO_STDERR, check=False)
    if ran.returncode:
        name = Path(command[0]).name
        raise Stop(
            Exit.PARTLY,
            f"the update ({name}) ended with {ran.returncode}: mend its cause, then go on with --resume",
        )
