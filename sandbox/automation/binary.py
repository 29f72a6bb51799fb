"""Finds the Pulumi CLI: on PATH where it is new enough, else the one that ``make engine`` built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from sandbox.config import BadInput

ROOT = Path(__file__).resolve().parents[2]
MODULE = "github.com/pulumi/pulumi/pkg/v3"
ADVICE = "run `make engine`"


def pinned(tool: str = "pulumi", module: str = MODULE) -> str:
    """The version of a tool's Go module in tools/go/<tool>/go.mod."""
    path = ROOT / "tools" / "go" / tool / "go.mod"
    found = re.search(rf"^\s*{re.escape(module)} v(\S+)", path.read_text(), re.M)
    if found is None:
        raise BadInput(f"{path.relative_to(ROOT)} does not require {module}")
    return found[1]


def cached(tool: str, version: str) -> Path:
    """Where a tool of tools/go is built to: outside the tree, by version."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "strongroom" / f"{tool}-{version}" / "bin" / tool


def find() -> Path:
    """The CLI to run; BadInput says how to get one."""
    on_path, problem = shutil.which("pulumi"), "there is no `pulumi` on PATH"
    if on_path:
        version = version_of(Path(on_path))
        if _numbers(version) >= _numbers(pinned()):
            return Path(on_path)
        problem = f"the `pulumi` on PATH has version {version or 'unknown'}, older than {pinned()}"
    built = cached("pulumi", pinned())
    if built.is_file():
        return built
    raise BadInput(f"{problem}, and none is built: {ADVICE}")


def version_of(command: Path) -> str:
    """The version that the CLI prints; empty where it prints none."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run([command, "version"], env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip().removeprefix("v") if done.returncode == 0 else ""


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return tuple(int(part) for part in found.groups()) if found else ()
