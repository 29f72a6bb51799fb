"""Checks that two stacks share no secret value, by HMAC fingerprints with a random key for each run."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from encryption_keys import Ring, RingError, key_bytes
from ops.core.aws_state import AwsState
from ops.core.findings import Finding, Report
from ops.core.secret_stores import stored_values
from settings.grants import StoreEntry
from settings.schema.secrets import KEY_KINDS

SLUG, ROWS = "values-against", ("B43",)


def compare(mine: AwsState, theirs: AwsState, other: str) -> Report:
    """One finding for each of the stack's own values that ``other`` also has, under any name."""
    key = os.urandom(32)
    known: dict[bytes, str] = {}
    for entry, part in _parts(theirs):
        known.setdefault(_fingerprint(key, part), entry.store_name)
    findings: dict[tuple[str, str], Finding] = {}
    for entry, part in _parts(mine):
        name = known.get(_fingerprint(key, part))
        if name is not None:
            where = other if name == entry.store_name else f"{name} of {other}"
            problem, remedy = f"has the same value as {where}", "rotate one of them"
            found = Finding(SLUG, ROWS, entry.store_name, problem, remedy)
            findings.setdefault((entry.key, where), found)
    return Report(list(findings.values()), 1)


def _fingerprint(key: bytes, part: str) -> bytes:
    return hmac.digest(key, part.encode(), "sha256")


def _parts(aws: AwsState) -> Iterator[tuple[StoreEntry, str]]:
    """The parts that must be unique: the password of a URL, every key of a key ring, else the value."""
    for entry, value in stored_values(aws):
        for part in _unique(entry, value.text):
            if part:
                yield entry, part


def _unique(entry: StoreEntry, text: str) -> Iterator[str]:
    if entry.ring:
        try:
            ring = Ring.load(text)
        except RingError:
            return  # reported by values-rings
        yield from (key.secret.hex() for key in ring.keys)
    elif entry.secret.connection_url:
        try:
            yield urlsplit(text).password or ""
        except ValueError:
            return
    else:
        yield _as_key(entry, text)


def _as_key(entry: StoreEntry, text: str) -> str:
    """A key in hexadecimal, as keys of key rings are compared, so that the two kinds match."""
    if entry.secret.kind in KEY_KINDS:
        try:
            return key_bytes(text).hex()
        except ValueError:
            return text
    return text
