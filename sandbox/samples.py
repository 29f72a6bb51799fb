"""Marked sample values for what only an operator could supply, so that a stack comes up whole; never a real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.config import StackConfig


def fill(config: StackConfig, root: Path) -> StackConfig:
    """The configuration with a sample for every operator-supplied secret that has no value."""
    return config


def report(config: StackConfig) -> list[str]:
    """One line for each sample that is in use."""
    return []


def policy_config(root: Path, config: StackConfig) -> dict[str, Any]:
    """What ``--policy-pack-config`` would hand to the pack for this stack."""
    path = root / "policies" / "config" / f"{config.stack}.json"
    return json.loads(path.read_text()) if path.is_file() else {}
