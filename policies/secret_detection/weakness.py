"""Says what makes the value of a secret weak, for the importer and for the policy on stored values."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

LEAST_CHARACTERS, LEAST_DISTINCT, LEAST_BITS = 20, 8, 60
_PLACEHOLDER = re.compile(
    r"""(?ix) ^<.*>$ | ^\$\{?\w+\}?$ | ^\{\{.*\}\}$ | ^x{3,}$ | ^\*{3,}$ | ^\.{3,}$
    | your[-_ ]?.*[-_ ]?here | ^your[-_ ] | change[-_ ]?(me|this|it) | replace[-_ ]?(me|this|with)
    | ^(todo|tbd|fixme|none|null|example|dummy|placeholder|secret|password|test)$ | placeholder
    | insert[-_ ].*[-_ ]here | -here$"""
)
# A token that a vendor issues may contain such a word by chance: each counts as one character.
_COMMON = re.compile(
    r"password|passwort|passwd|secret|admin|letmein|welcome|qwerty|azerty|iloveyou|default|master|login"
    r"|dragon|monkey|football|abc123|changeit|django|postgres|root|username|user|test|token|key|0?123456789?0?",
    re.IGNORECASE,
)


def is_placeholder(value: str) -> bool:
    """Whether a value is, or contains, a text that asks to be replaced."""
    return _PLACEHOLDER.search(value) is not None


def weakness(value: str) -> str | None:
    """What is wrong with a value, the password in a URL or the fields of JSON; None for a strong value."""
    fields = json_fields(value)
    if fields is not None:
        return "has an empty field" if any(not text for text in _texts(fields)) else None
    if "://" in value:
        password = url_password(value)
        return None if password is None else weakness(password)
    if is_placeholder(value):
        return "is a placeholder"
    if len(value) < LEAST_CHARACTERS:
        return f"is weak: {len(value)} characters, at least {LEAST_CHARACTERS} expected"
    if len(set(value)) < LEAST_DISTINCT or bits(_COMMON.sub("w", value)) < LEAST_BITS:
        return "is weak: common words, repetition or a sequence; generate one"
    return None


def bits(text: str) -> float:
    """Shannon entropy of the text in bits; a sequence of adjacent characters counts as one."""
    kept = [one for before, one in zip(" " + text, text, strict=False) if abs(ord(one) - ord(before)) > 1]
    size = len(kept)
    return -sum(count * math.log2(count / size) for count in Counter(kept).values()) if size else 0.0


def json_fields(value: str) -> Any:
    """The JSON object in a value; None when the value is not an object."""
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def url_password(value: str) -> str | None:
    """The password of a URL, None when it has none."""
    try:
        return urlsplit(value).password if "://" in value else None
    except ValueError:
        return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
