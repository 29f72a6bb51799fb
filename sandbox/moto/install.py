"""Installs every correction and completion of moto, once a process."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "hooks",
    "missing_operations",
    "accounts",
    "s3",
    "elasticache",
    "guardduty",
    "kept",
    "lambda_functions",
    "rds",
    "postgresql",
    "performance",
    "routes",
    "refused_operations",
    "secretsmanager",
    "ecs",
    "route53",
)
"""In this order: all others give their answers to ``hooks``."""
_installed: list[bool] = []


def install() -> None:
    """Import the modules whose decorators register answers, and patch the few that need more."""
    modules = [import_module(f"sandbox.moto.{name}") for name in MODULES]
    if _installed:
        return
    _installed.append(True)
    for module in modules:
        module.install()
