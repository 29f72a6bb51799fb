"""Installs every correction and completion of moto, once a process."""

from __future__ import annotations


def install() -> None:
    """Import the modules whose decorators register answers, and patch the few that need more."""
    from sandbox.emulator import hooks, lambdas, stages

    hooks.install()
    lambdas.install()
    stages.install()
