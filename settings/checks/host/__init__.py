"""Checks of a docker-compose host: its parameters, its ``.env`` lines and its compose document."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.checks.host.compose import compose_problems
from settings.checks.host.parameters import parameter_problems, placeholder_problems
from settings.schema.stack import Settings

__all__ = ["host_problems"]


def host_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check parameters, placeholders and compose services of the host."""
    host = settings.host
    if host is None:
        return
    yield from parameter_problems(settings, host)
    yield from placeholder_problems(settings, host)
    yield from compose_problems(settings, host)
