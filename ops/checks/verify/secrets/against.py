"""Two environments share no secret value: compared by fingerprints under a key that lives for one run."""

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
    """One finding for each of my values that ``other`` holds too, under whatever name."""
    key = os.urandom(32)
    known: dict[bytes, str] = {}
    for entry, part in _parts(theirs):
        known.setdefault(_fingerprint(key, part), entry.store_name)
    findings: dict[tuple[str, str], Finding] = {}
    for entry, part in _parts(mine):
        name = known.get(_fingerprint(key, part))
        if name is not None:
            where = other if name == entry.store_name else f"{name} of {other}"
            problem, remedy = f"fingerprint equals {where}", "rotate one"
            found = Finding(SLUG, ROWS, entry.store_name, problem, remedy)
            findings.setdefault((entry.key, where), found)
    return Report(list(findings.values()), 1)


def _fingerprint(key: bytes, part: str) -> bytes:
    return hmac.digest(key, part.encode(), "sha256")


def _parts(aws: AwsState) -> Iterator[tuple[StoreEntry, str]]:
    """What must be unique of each value: a URL's password, every key of a ring, else the whole."""
    for entry, value in stored_values(aws):
        for part in _unique(entry, value.text):
            if part:
                yield entry, part


def _unique(entry: StoreEntry, text: str) -> Iterator[str]:
    if entry.ring:
        try:
            ring = Ring.load(text)
        except RingError:
            return  # another check's finding
        yield from (key.secret.hex() for key in ring.keys)
    elif entry.secret.connection_url:
        try:
            yield urlsplit(text).password or ""
        except ValueError:
            return
    else:
        yield _as_key(entry, text)


def _as_key(entry: StoreEntry, text: str) -> str:
    """A key in the spelling that ring keys have here, so that a ring's old key meets a plain one."""
    if entry.secret.kind in KEY_KINDS:
        try:
            return key_bytes(text).hex()
        except ValueError:
            return text
    return text
