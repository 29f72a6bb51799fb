"""Masks every secret value that a run knows in text that is shown or written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.config import StackConfig
from sandbox.engine.model import Resource

MASK = "[secret]"
SHORTEST = 6
"""Shorter texts are not masked: they occur by chance in every line."""


def texts_in(value: Any) -> Iterable[str]:
    """Every text inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


class Mask:
    """Masks the secrets of one run."""

    def __init__(self, config: StackConfig, resources: Iterable[Resource]) -> None:
        found = {text for key in config.secret_keys for text in texts_in(config.values.get(key))}
        for resource in resources:
            for key in resource.hidden:
                found |= {*texts_in(resource.inputs.get(key)), *texts_in(resource.outputs.get(key))}
        # The longest first, so that a value that contains another is masked whole.
        self._values = sorted((text for text in found if len(text) >= SHORTEST), key=len, reverse=True)

    def text(self, text: str) -> str:
        """``text`` with every secret masked."""
        for value in self._values:
            if value in text:
                text = text.replace(value, MASK)
        return text

    def value(self, value: Any) -> Any:
        """Nested data with every secret masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return [self.value(item) for item in value] if isinstance(value, list) else value
