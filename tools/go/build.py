"""Builds a tool that is written in Go into the cache, and prints the path of its executable.

``python -m tools.go.build pulumi|actionlint``. The engine takes four to six minutes the first time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.automation import binary
from sandbox.config import BadInput

VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


@dataclass(frozen=True)
class Tool:
    """The `tool` line of one of the Go modules here; each has its own, because their requirements clash."""

    name: str
    module: str
    package: str
    instead: str
    """How to get the tool without Go."""

    @property
    def version(self) -> str:
        """The version of its module."""
        return binary.pinned(self.name, self.module)

    @property
    def folder(self) -> Path:
        """Its Go module."""
        return Path(__file__).resolve().parent / self.name

    @property
    def go(self) -> str:
        """The oldest Go that can build it."""
        found = re.search(r"^go (\S+)", (self.folder / "go.mod").read_text(), re.M)
        return found[1] if found else ""

    @property
    def path(self) -> Path:
        """Where it is built to."""
        return binary.cached(self.name, self.version)


TOOLS = {
    "pulumi": Tool(
        "pulumi",
        binary.MODULE,
        f"{binary.MODULE}/cmd/pulumi",
        "install Pulumi {version} or newer (https://www.pulumi.com/docs/iac/download-install/)",
    ),
    "actionlint": Tool(
        "actionlint",
        "github.com/rhysd/actionlint",
        "github.com/rhysd/actionlint/cmd/actionlint",
        "put actionlint {version} on PATH (https://github.com/rhysd/actionlint)",
    ),
}


def ensure(tool: Tool) -> Path:
    """The executable: on PATH or built before, else built now; BadInput says what is missing."""
    if tool.name == "pulumi":
        try:
            return binary.find()
        except BadInput:
            pass
    elif tool.path.is_file():
        return tool.path
    return build(tool)


def build(tool: Tool) -> Path:
    """Build the tool with the Go that is installed."""
    go, said = shutil.which("go"), "there is no `go` on PATH"
    if go:
        # A Go of 1.21 or newer fetches the version that go.mod names, unless GOTOOLCHAIN forbids it.
        asked = subprocess.run([go, "version"], cwd=tool.folder, capture_output=True, text=True, check=False)
        said = (asked.stderr.strip() or asked.stdout.strip() or "no answer").splitlines()[0]
    instead = tool.instead.format(version=tool.version)
    if go is None or _numbers(said) < _numbers(f"go{tool.go}"):
        raise BadInput(
            f"Go {tool.go} or newer is needed to build {tool.name}, and {said}: install it from "
            f"https://go.dev/dl/ (Debian's own package is too old), or {instead}"
        )
    print(f"building {tool.name} {tool.version} with {said}", file=sys.stderr)
    tool.path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = tool.path.with_name(f"{tool.name}.{os.getpid()}")
    flags = f"-s -w -X {VERSION}={tool.version}"  # without a version the Automation API refuses the engine
    command = [go, "build", "-trimpath", "-ldflags", flags, "-o", str(unfinished), tool.package]
    if subprocess.run(command, cwd=tool.folder, check=False).returncode:
        raise BadInput(f"`go build` of {tool.name} failed, see above: correct that, or {instead}")
    unfinished.replace(tool.path)
    return tool.path


def _numbers(said: str) -> tuple[int, ...]:
    """The version in an answer of ``go version``; empty where it reports an error."""
    found = re.search(r"^go(?: version go)?(\d+)\.(\d+)(?:\.(\d+))?", said)
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def main(arguments: list[str] | None = None) -> int:
    """Build the tool that the command line names; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool", choices=sorted(TOOLS))
    try:
        print(ensure(TOOLS[parser.parse_args(arguments).tool]))
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
