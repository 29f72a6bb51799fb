"""Checks that a compose document refers only to variables that the host's ``.env`` has."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from settings.errors import nearest
from settings.schema.compose.interpolation import references


def interpolation_problems(where: str, value: Any, variables: Set[str]) -> Iterator[str]:
    """Check each text of the document: compose replaces an unknown variable by nothing, and only warns."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from interpolation_problems(f"{where}.{key}", inner, variables)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from interpolation_problems(f"{where}[{index}]", inner, variables)
    elif isinstance(value, str):
        for name in references(value):
            if name is None:
                yield f"{where}: contains ${{ without a variable's name and }}; write $$ for a dollar sign"
            elif name not in variables:
                hint = nearest(name, tuple(sorted(variables)))
                remedy = hint or "; declare it under platform.environment, or write $$ for a dollar sign"
                yield f"{where}: ${name} is not a variable of .env{remedy}"
