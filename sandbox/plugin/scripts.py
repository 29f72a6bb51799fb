"""Writes the two plugins into a directory, as scripts that start this package."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

PACKAGES = ("aws", "random")
ROOT = Path(__file__).resolve().parents[2]


def install(folder: Path) -> Path:
    """Write the two plugins into ``folder``, which must come first on PATH; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        path = folder / f"pulumi-resource-{package}"
        words = [sys.executable, "-u", "-m", "sandbox.plugin", package]
        line = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.join(words)} "$@"'
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
    return folder
