"""Installs every correction and completion of moto, once a process."""

from __future__ import annotations

_installed: list[bool] = []


def install() -> None:
    """Import the modules whose decorators register answers, and patch the few that need more."""
    from sandbox.emulator import (
        absent,
        accounts,
        buckets,
        cache,
        detectors,
        hooks,
        kept,
        lambdas,
        masters,
        postgres,
        quick,
        routes,
        silent,
        stages,
        tasks,
        zones,
    )

    if _installed:
        return
    _installed.append(True)
    hooks.install()
    for module in (
        absent,
        accounts,
        buckets,
        cache,
        detectors,
        kept,
        lambdas,
        masters,
        postgres,
        quick,
        routes,
        silent,
        stages,
        tasks,
        zones,
    ):
        module.install()
