"""Updates and deletes a stack with the Pulumi CLI, or with what the calling command line passes in."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import typer

from ops.core.exits import Exit, Stop
from settings import read_stack_file
from settings.policy_config import pack_config

PARALLEL = "64"
_TO_STDERR = 2
"""The engine's output goes to stderr: stdout may carry one JSON document."""
PROVIDER_PREFIX = "pulumi:providers:"


@dataclass(frozen=True)
class Deployed:
    """One resource in the state; inputs that are secret are not readable in it."""

    urn: str
    type: str
    id: str
    protect: bool
    inputs: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]


class Update(Protocol):
    """Updates a stack to what its file declares; raises :class:`Stop` where that fails."""

    def __call__(self) -> None:
        """Update the stack."""
        ...

    def unprotect(self, urns: Sequence[str]) -> None:
        """Remove the protection of those of these resources that the state has: an update may delete them."""
        ...


class FindUpdate(Protocol):
    """Finds how to update a stack; raises :class:`Stop` before anything is changed where there is no way."""

    def __call__(self, stack: str, root: Path) -> Update:
        """The update of the stack whose file is in ``root``."""
        ...


def handed_in(context: typer.Context) -> FindUpdate:
    """The updater that the calling command line passed in, else the Pulumi CLI."""
    return context.obj or pulumi_cli


def pulumi_cli(stack: str, root: Path) -> PulumiCli:
    """An update with the Pulumi CLI on PATH and the policy pack."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise Stop(
            Exit.BAD_INPUT,
            "the Pulumi CLI is not on PATH: install it, or use a kept sandbox "
            f"(`python -m sandbox up --stack {stack} --keep` prints how). Nothing was changed",
        )
    return PulumiCli(pulumi, stack, root)


def run_update(command: Sequence[str], root: Path, what: str = "the update") -> None:
    """Run a command of an update in ``root``; :class:`Stop` where its exit code is not 0."""
    ran = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=_TO_STDERR, check=False)
    if ran.returncode:
        name = Path(command[0]).name
        raise Stop(
            Exit.PARTLY,
            f"{what} ({name}) ended with {ran.returncode}: correct the cause, then continue with --resume",
        )


def deployed(exported: Iterable[Mapping[str, Any]]) -> list[Deployed]:
    """The exported resources but components and providers."""
    return [
        Deployed(
            one["urn"],
            one["type"],
            str(one.get("id", "")),
            bool(one.get("protect")),
            one.get("inputs") or {},
        )
        for one in exported
        if one.get("custom") and not one.get("external") and not one["type"].startswith(PROVIDER_PREFIX)
    ]


@dataclass(frozen=True)
class PulumiCli:
    """Updates and deletes one stack with the Pulumi CLI."""

    program: str
    stack: str
    root: Path

    def __call__(self) -> None:
        """Update the stack with the policy pack."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(pack_config(read_stack_file(self.stack, self.root)), file)
            file.flush()
            pack = ["--policy-pack", "policies", "--policy-pack-config", file.name]
            command = [self.program, "up", "-s", self.stack, *pack, "--yes", "--parallel", PARALLEL]
            run_update(command, self.root)

    def unprotect(self, urns: Sequence[str]) -> None:
        """Remove the protection of those of these resources that the state has."""
        there = {one["urn"] for one in self._exported()} if urns else ()
        for urn in urns:
            if urn in there:
                command = [self.program, "state", "unprotect", urn, "-s", self.stack, "--yes"]
                run_update(command, self.root, f"unprotecting {urn}")

    def resources(self) -> list[Deployed]:
        """The resources in the state but components and providers; secret values in it stay encrypted."""
        return deployed(self._exported())

    def destroy(self, keep: Sequence[str]) -> None:
        """Delete everything but ``keep`` and what it depends on."""
        kept = [option for urn in keep for option in ("--exclude", urn)]
        command = [self.program, "destroy", "-s", self.stack, "--yes", "--parallel", PARALLEL, *kept]
        run_update(command, self.root, "the deletion")

    def _exported(self) -> list[dict[str, Any]]:
        """The resources in the state, as the CLI exports them: secrets are encrypted, and none is printed."""
        command = [self.program, "stack", "export", "-s", self.stack]
        ran = subprocess.run(
            command, cwd=self.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
        )
        try:
            found = json.loads(ran.stdout)["deployment"].get("resources") or []
            if ran.returncode == 0 and all("urn" in one for one in found):
                return found
        except (ValueError, LookupError, TypeError, AttributeError):
            pass  # outside the handler: a JSONDecodeError holds what it could not read
        raise Stop(
            Exit.PARTLY,
            f"the state cannot be read (`pulumi stack export -s {self.stack}` ended with {ran.returncode}): "
            "correct the cause, then continue with --resume",
        )
