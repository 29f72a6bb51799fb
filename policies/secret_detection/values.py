"""Detects credentials in text, also when encoded with base64 or gzip."""

from __future__ import annotations

import base64
import binascii
import gzip
import itertools
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator

from .names import holds_a_credential

FORMATS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern))
    for label, pattern in (
        ("AWS access key", r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z2-7]{16}\b"),
        ("private key", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----"),
        ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
        ("Slack token", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
        ("Slack webhook", r"hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]+"),
        ("Stripe key", r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
        ("API key", r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}"),
        ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
        ("Google key", r"\bAIza[A-Za-z0-9_-]{35}"),
        ("Docker Hub token", r"\bdckr_pat_[A-Za-z0-9_-]{20,}"),
        ("Pulumi token", r"\bpul-[a-f0-9]{40}\b"),
        ("JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
        ("URL with a password", r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'$<{]*:[^\s/@\"'$<{]+@[^\s\"']"),
        ("authorization header", r"(?i)\bauthorization:\s*(?:bearer|basic)\s+[A-Za-z0-9+/=._-]{8,}"),
    )
)

_ASSIGNMENT = re.compile(
    r"""(?m)^\s*(?:export\s+|-\s+)?["']?([A-Za-z_][A-Za-z0-9_.-]*)["']?\s*(?:=|:\s)(?=\s*["']?([^\s"',;]+))"""
)
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/\n]{24,}={0,2}")
_LEAST_ENTROPY = 3.8
_LEAST_TURNS = 0.4
"""Share of positions where the character class changes: low in names, about 0.6 in random text."""
_DEEPEST = 4


def credential(text: str) -> str | None:
    """The kind of credential that a value looks like, decoded where needed; None for other values."""
    for layer in layers(text):
        for label, pattern in FORMATS:
            if pattern.search(layer):
                return label
    return "random text" if any(random(token) for token in _TOKEN.findall(text)) else None


def scan(text: str) -> Iterator[str]:
    """The kinds of credential in a script or document, decoded where needed."""
    for layer in layers(text):
        for label, pattern in FORMATS:
            if pattern.search(layer):
                yield label
        for name, value in _ASSIGNMENT.findall(layer):
            if holds_a_credential(name, value):
                yield "assignment to a secret name"
        if any(random(token) for token in _TOKEN.findall(layer)):
            yield "random text"


def layers(text: str, depth: int = 0) -> Iterator[str]:
    """The text, and each text encoded in it with base64 or gzip."""
    yield text
    if depth < _DEEPEST:
        for match in _BASE64.findall(text):
            for inner in _decoded(match.replace("\n", "")):
                yield from layers(inner, depth + 1)


def random(token: str) -> bool:
    """Whether a token looks like a generated key: mixed character classes, high entropy, no encoded text."""
    named = token.count("-") > 2 or token.count("_") > 2 or (token.count("/") > 2 and not token.endswith("="))
    if named or entropy(token) < _LEAST_ENTROPY or _decoded(token):
        return False
    kinds = [2 * one.isupper() + one.isdigit() for one in token if one.isalnum()]
    turns = sum(one != following for one, following in itertools.pairwise(kinds))
    return len(set(kinds)) == 3 and turns >= _LEAST_TURNS * len(kinds)


def entropy(text: str) -> float:
    """Shannon entropy of a text, in bits per character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def _decoded(token: str) -> list[str]:
    """The text that a base64 token encodes, decompressed where it is gzip; None when it is not text."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), validate=True)
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        inner = raw.decode()
    except (binascii.Error, ValueError, OSError, EOFError, zlib.error):
        return []
    return [inner] if inner.isprintable() or "\n" in inner else []
