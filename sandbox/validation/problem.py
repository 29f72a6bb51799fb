"""Words a violation: the parameter, its value unless it may be secret, and the rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

SENSITIVE = re.compile(
    r"password|secret|token|value|credential|key$|keymaterial|string|binary|passphrase|environment|variables"
    r"|data$|body|content|document|policy|code|command|message|input",
    re.IGNORECASE,
)
"""Parameters whose values are not shown: they are secret, may contain a secret, or are long documents."""
LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Problem:
    """One parameter that AWS would refuse."""

    path: str
    text: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" + (f" ({self.source})" if self.source else "")


def shown(path: str, value: Any, *, sensitive: bool = False) -> str:
    """The value for a message: its length where it may be secret, or is long."""
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, dict | list | tuple | set):
        return f"{len(value)} items"
    if not isinstance(value, str):
        return type(value).__name__
    if sensitive or len(value) > LONGEST_SHOWN or SENSITIVE.search(path):
        return f"a text of {len(value)} characters"
    return repr(value)
