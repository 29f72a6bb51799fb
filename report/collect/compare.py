"""Compares what two stack files declare, setting by setting; stack files contain no secret value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from report.schema import Comparison, Difference
from settings import Settings


def compare(settings: Settings, other: Settings, against: str) -> Comparison:
    """The settings of a stack that differ from those of the stack ``against``."""
    here, there = dict(_flat("", _plain(settings))), dict(_flat("", _plain(other)))
    paths = list(dict.fromkeys((*here, *there)))
    differing = [path for path in paths if here.get(path) != there.get(path)]
    return Comparison(
        against=against,
        same=len(paths) - len(differing),
        differences=tuple(
            Difference(
                section=path.partition(".")[0],
                path=path,
                here=here.get(path, ""),
                there=there.get(path, ""),
            )
            for path in differing
        ),
    )


def _plain(settings: Settings) -> Any:
    return settings.model_dump(mode="json", by_alias=True)


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every setting by its path; a list of plain values is one setting."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for index, inner in enumerate(value):
            yield from _flat(f"{path}[{index}]", inner)
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value))
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)
