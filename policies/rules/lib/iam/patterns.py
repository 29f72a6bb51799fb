"""Matches the wildcards of IAM (``*`` and ``?``), and splits ARNs and patterns of ARNs.

What is "too wide" is asked with a probe: a name that nobody would choose. A pattern that matches the probe
matches every name, so widening a pattern cannot hide it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

PROBE = "zq7-unlikely"
"""A name that no pattern matches unless it matches every name."""
WILDCARDS = "*?"
_SEGMENTS = 6


class Arn(NamedTuple):
    """The segments of an ARN, or of a pattern of ARNs."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression; runs of ``*`` are joined, which would be slow."""
    joined = re.sub(r"\*+", "*", pattern)
    translated = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in joined)
    return re.compile(translated, re.DOTALL)


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern with the wildcards of IAM matches a name."""
    return _compiled(pattern).fullmatch(name) is not None


def has_wildcard(text: str) -> bool:
    """Whether a text contains a wildcard."""
    return any(wildcard in text for wildcard in WILDCARDS)


def split(pattern: str) -> Arn | None:
    """The segments of an ARN pattern; a ``*`` that ends it early stands for all that follow."""
    segments = pattern.split(":", _SEGMENTS - 1)
    if len(segments) < _SEGMENTS:
        if not segments[-1].endswith("*"):
            return None
        segments += ["*"] * (_SEGMENTS - len(segments))
    return Arn(*segments[1:]) if matches(segments[0], "arn") else None


def is_everything(pattern: str) -> bool:
    """Whether a pattern matches every resource of every service."""
    arn = split(pattern)
    return arn is not None and all(matches(segment, PROBE) for segment in arn[1:])


def is_any_name(pattern: str, service: str, *names: str) -> bool:
    """Whether a pattern matches an ARN of ``service``, in some account, that ends in one of ``names``."""
    arn = split(pattern)
    return (
        arn is not None
        and matches(arn.service.lower(), service)
        and any(matches(arn.resource, name) for name in names)
    )
