"""Matches names and ARNs with IAM's wildcards: ``*`` for any characters, ``?`` for one."""

from __future__ import annotations

import re
from functools import lru_cache


def like(pattern: str, value: str, *, ignore_case: bool = False) -> bool:
    """Whether a value matches a pattern as a whole."""
    return _compiled(pattern, ignore_case).fullmatch(value) is not None


def arn_like(pattern: str, value: str) -> bool:
    """Whether an ARN matches a pattern part by part: a wildcard matches no colon, except in the last part."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) == 6 and all(map(like, wanted, given))


@lru_cache(maxsize=4096)
def _compiled(text: str, ignore_case: bool) -> re.Pattern[str]:
    body = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile(body, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
