"""Installs every correction and completion of moto, once a process."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "hooks",
    "absent",
    "accounts",
    "buckets",
    "cache",
    "detectors",
    "kept",
    "lambdas",
    "masters",
    "postgres",
    "quick",
    "routes",
    "silent",
    "stages",
    "tasks",
    "zones",
)
"""In this order: all others give their answers to ``hooks``."""
_installed: list[bool] = []


def install() -> None:
    """Import the modules whose decorators register answers, and patch the few that need more."""
    modules = [import_module(f"sandbox.emulator.{name}") for name in MODULES]
    if _installed:
        return
    _installed.append(True)
    for module in modules:
        module.install()
