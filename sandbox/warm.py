"""Loads the slow modules on a second thread while the policy pack's process starts."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path

SLOW = ("pulumi_aws", "pulumi_random", "moto.ec2.models", "moto.iam.models", "moto.rds.models", "moto.s3.models")
_ONCE = threading.Event()


def begin(root: Path) -> None:
    """Start loading, once a process; whoever needs a module earlier just waits for it."""
    if _ONCE.is_set():
        return
    _ONCE.set()
    threading.Thread(target=_load, daemon=True).start()


def _load() -> None:
    for name in SLOW:
        importlib.import_module(name)
