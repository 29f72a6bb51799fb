"""A copy of the project that stands for a user's checkout, in which commands of the pages are typed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import plugin
from sandbox.automation import binary
from sandbox.sandbox import ROOT
from tests.docs.commands import commands_in
from tests.engine import language_host
from tests.program import PACKAGES

COPIED = (
    "Makefile",
    "Pulumi.yaml",
    "__main__.py",
    "aws_lookups.py",
    "emulation_limits.py",
    "exit_codes.py",
    "pyproject.toml",
    ".env.example",
    *PACKAGES,
    "tools",
)


@dataclass
class Checkout:
    """The folder, and the environment of the shell."""

    folder: Path
    environment: dict[str, str] = field(repr=False)
    replaced: Mapping[str, str] = field(default_factory=dict)
    """Names of the pages, and those of the stack that is used here."""

    def command(self, page: str, command: str, *more: str) -> list[str]:
        """How a shell runs a command that the page shows, with options for what a person would answer."""
        assert command in commands_in((ROOT / page).read_text()), f"{page} does not show: {command}"
        for old, new in self.replaced.items():
            command = command.replace(old, new)
        # `setup` is old: these tests install nothing.
        return ["bash", "-c", " ".join([re.sub("^make ", "make -o setup ", command), *more])]

    def type(self, page: str, command: str, *more: str, code: int = 0) -> str:
        """Run a command that the page shows; what it printed."""
        done = subprocess.run(
            self.command(page, command, *more),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, f"{command} ended with {done.returncode}:\n{said[-6000:]}"
        return said


def check_out(folder: Path, replaced: Mapping[str, str] | None = None, **environment: str) -> Checkout:
    """Copy the project into the folder; the environment has no account and no settings of Pulumi."""
    for path in [ROOT / name for name in COPIED] + list(ROOT.glob("Pulumi.*.yaml")):
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder / path.name)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_", "MAKE"))
    }
    path = [str(binary.find().parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    made = {**inherited, "PATH": os.pathsep.join(path), "PYTHONPATH": str(folder), **environment}
    return Checkout(folder, made, replaced or {})


def check_out_with_plugins(
    home: Path, replaced: Mapping[str, str] | None = None, **environment: str
) -> Checkout:
    """Copy the project to ``home/checkout``, with the plugins on PATH and a Pulumi home of its own.

    Where the official language host is missing, the stand-in is on PATH too.
    """
    folder, tools = home / "checkout", home / "tools"
    folder.mkdir()
    plugin.install(tools)
    if shutil.which("pulumi-language-python") is None:
        language_host.install(tools)
    made = check_out(
        folder,
        replaced,
        PULUMI_HOME=str(home / "pulumi"),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION="true",
        PULUMI_SKIP_UPDATE_CHECK="true",
        STRONGROOM_SANDBOX="1",
        **environment,
    )
    made.environment["PATH"] = f"{tools}{os.pathsep}{made.environment['PATH']}"
    return made
