"""Brings a stack to what its file declares; the command line may hand in another way than the Pulumi CLI."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import typer

from ops.core.exits import Exit, Stop
from settings import read_stack_file
from settings.policy_config import pack_config

PARALLEL = "64"
_TO_STDERR = 2
"""What the engine says is for people: stdout may carry one JSON document."""


class Update(Protocol):
    """Brings the stack to what its file declares; :class:`Stop` where that fails."""

    def __call__(self) -> None:
        """Update the stack."""
        ...

    def unprotect(self, urns: Sequence[str]) -> None:
        """Let the next update delete these resources, which are protected."""
        ...


class FindUpdate(Protocol):
    """Finds how to update a stack; :class:`Stop` before anything is changed where there is no way."""

    def __call__(self, stack: str, root: Path) -> Update:
        """The update of the stack whose file lies in ``root``."""
        ...


def handed_in(context: typer.Context) -> FindUpdate:
    """What the command line that runs this command handed in, else the Pulumi CLI."""
    return context.obj or pulumi_cli


def pulumi_cli(stack: str, root: Path) -> Update:
    """The update by the Pulumi CLI on PATH, with the policy pack."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise Stop(
            Exit.BAD_INPUT,
            "the Pulumi CLI is not on PATH: install it; or point at a kept sandbox "
            f"(`python -m sandbox up --stack {stack} --keep` prints how). Nothing was changed",
        )
    return _PulumiCli(pulumi, stack, root)


def run_update(command: Sequence[str], root: Path, what: str = "the update") -> None:
    """Run an update, or what prepares it, in ``root``; :class:`Stop` where it fails."""
    ran = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=_TO_STDERR, check=False)
    if ran.returncode:
        name = Path(command[0]).name
        raise Stop(
            Exit.PARTLY,
            f"{what} ({name}) ended with {ran.returncode}: mend its cause, then go on with --resume",
        )


@dataclass(frozen=True)
class _PulumiCli:
    """The commands of the Pulumi CLI on one stack."""

    program: str
    stack: str
    root: Path

    def __call__(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(pack_config(read_stack_file(self.stack, self.root)), file)
            file.flush()
            pack = ["--policy-pack", "policies", "--policy-pack-config", file.name]
            command = [self.program, "up", "-s", self.stack, *pack, "--yes", "--parallel", PARALLEL]
            run_update(command, self.root)

    def unprotect(self, urns: Sequence[str]) -> None:
        for urn in urns:
            command = [self.program, "state", "unprotect", urn, "-s", self.stack, "--yes"]
            run_update(command, self.root, f"unprotecting {urn}")
