"""A ring or a stored value is opened whole or refused, and neither ever shows a key."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import pybase64
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from encryption_keys import ring as material

Format = Literal["ENC", "ENC2"]
Reason = Literal["plain", "malformed", "unknown-kid", "bad-tag"]

LEGACY: Final = "ENC:"
ENVELOPE: Final = "ENC2:"
BUDGET: Final = 2**32
"""Encryptions one key may make with random 96-bit nonces before a repeat is no longer improbable."""
BUDGET_WARNING: Final = BUDGET // 2

_IV_BYTES, _NONCE_BYTES, _TAG_BYTES = 16, 12, 16
_BODY: Final = len(ENVELOPE) + material.KID_CHARS
_encode = pybase64.b64encode_as_string
_KID: Final = re.compile(rf"[A-Z2-7]{{{material.KID_CHARS}}}")
_RING_FIELDS: Final = {"schema", "kind", "current", "keys"}
_KEY_FIELDS: Final = {"kid", "key", "generation", "status"}


class RingError(ValueError):
    """The ring's document is not one that anybody may use."""


class Unreadable(ValueError):
    """A stored value that this ring does not open; ``reason`` says why in one word."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason


class NotReadBack(Exception):
    """A fresh ciphertext did not open again: this machine or library is not to be trusted with writing."""


@dataclass(frozen=True, slots=True)
class Key:
    """One generation of a ring; its bytes are in no repr."""

    kid: str
    generation: int
    status: material.Status
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one secret, newest first, of which exactly one is current."""

    kind: str
    current: Key
    keys: tuple[Key, ...]

    @classmethod
    def load(cls, document: str) -> Ring:
        """Read a ring's JSON; anything that is not exactly a ring is refused."""
        body = _object(_parse(document), _RING_FIELDS, "ring")
        if type(body["schema"]) is not int or body["schema"] != material.SCHEMA:
            raise RingError(f"ring: unknown schema; this program reads schema {material.SCHEMA}")
        if body["kind"] not in material.RING_KINDS.values():
            raise RingError(f"ring: unknown kind; known are {', '.join(material.RING_KINDS.values())}")
        if not isinstance(body["keys"], list):
            raise RingError("ring: keys must be a list")
        keys = [_key(entry, f"keys[{index}]") for index, entry in enumerate(body["keys"])]
        _refuse_twins("kid", [key.kid for key in keys])
        _refuse_twins("generation", [key.generation for key in keys])
        current = [key for key in keys if key.status == "current"]
        if len(current) != 1:
            raise RingError(f"ring: exactly one key is current, not {len(current)}")
        if body["current"] != current[0].kid:
            raise RingError("ring: `current` does not name the key whose status is current")
        newest_first = sorted(keys, key=lambda key: key.generation, reverse=True)
        return cls(kind=body["kind"], current=current[0], keys=tuple(newest_first))

    def only_current(self) -> Ring:
        """The ring as it will be after retirement, to prove that nothing needs another key."""
        return Ring(kind=self.kind, current=self.current, keys=(self.current,))


class Cell(NamedTuple):
    """Where a value stands; ``ENC2:`` binds a ciphertext to it, so that it opens nowhere else."""

    table: str
    column: str
    owner: str


class Opened(NamedTuple):
    """A plain text and the key that it was under. The text may be any bytes, not only UTF-8."""

    plaintext: bytes
    kid: str
    format: Format

    def __repr__(self) -> str:
        return f"Opened({len(self.plaintext)} bytes, kid={self.kid}, format={self.format})"


class Cipher:
    """Opens and makes the application's stored values with one AES ring."""

    def __init__(self, ring: Ring) -> None:
        if ring.kind != "aes-256-gcm":
            raise RingError(f"ring: stored values need a ring of kind aes-256-gcm, not {ring.kind}")
        self.current = ring.current.kid
        self._by_kid = {key.kid: AESGCM(key.secret) for key in ring.keys}
        self._primary = self._by_kid[self.current]
        # Newest first, because most rows are; or after one that is likely.
        newest_first = list(self._by_kid.items())
        self._orders: dict[str | None, list[tuple[str, AESGCM]]] = {None: newest_first}
        for kid, key in newest_first:
            self._orders[kid] = [(kid, key), *(other for other in newest_first if other[0] != kid)]

    def __repr__(self) -> str:
        return f"Cipher(current={self.current}, kids={list(self._by_kid)})"

    @property
    def kids(self) -> tuple[str, ...]:
        """The fingerprints of the keys that it tries, newest first."""
        return tuple(self._by_kid)

    def open(self, value: str, cell: Cell, likely: str | None = None) -> Opened:
        """The plain text of a stored value; a value without a prefix is refused as plain.

        ``likely`` is the kid that opened the value before, where thousands like it follow one another.
        """
        if value.startswith(LEGACY):
            return self._open_legacy(value, likely)
        if value.startswith(ENVELOPE):
            return self._open_envelope(value, cell)
        raise Unreadable("plain", "the value carries no prefix: it is stored as plain text")

    def seal_legacy(self, plaintext: bytes) -> str:
        """``ENC:`` + base64(iv | tag | ciphertext): what today's application reads."""
        return self._seal(plaintext, "ENC", None, os.urandom(_IV_BYTES))

    def seal(self, plaintext: bytes, cell: Cell) -> str:
        """``ENC2:<kid>:`` + base64(nonce | ciphertext | tag), bound to its cell."""
        return self._seal(plaintext, "ENC2", _bound_to(self.current, cell), os.urandom(_NONCE_BYTES))

    def seal_proved(self, plaintext: bytes, cell: Cell, form: Format, nonce: bytes) -> str:
        """A fresh value that was opened again from its own text, and compared.

        ``nonce`` comes from :func:`nonces` and serves this value only.
        """
        bound = _bound_to(self.current, cell) if form == "ENC2" else None
        fresh = self._seal(plaintext, form, bound, nonce)
        try:
            proved = self._primary.decrypt(*_parts(fresh, form), bound) == plaintext
        except (Unreadable, InvalidTag):
            proved = False
        if not proved:
            raise NotReadBack("a fresh value did not read back")
        return fresh

    def _seal(self, plaintext: bytes, form: Format, bound: bytes | None, nonce: bytes) -> str:
        sealed = self._primary.encrypt(nonce, plaintext, bound)
        if form == "ENC2":
            return f"{ENVELOPE}{self.current}:{_encode(nonce + sealed)}"
        return LEGACY + _encode(nonce + sealed[-_TAG_BYTES:] + sealed[:-_TAG_BYTES])

    def _open_legacy(self, value: str, likely: str | None) -> Opened:
        iv, sealed = _parts(value, "ENC")
        # The format names no key: only the tag tells.
        for kid, key in self._orders.get(likely, self._orders[None]):
            try:
                return Opened(key.decrypt(iv, sealed, None), kid, "ENC")
            except InvalidTag:
                continue
        raise Unreadable("bad-tag", "no key of the ring opens the value")

    def _open_envelope(self, value: str, cell: Cell) -> Opened:
        kid = value[len(ENVELOPE) : _BODY]
        if value[_BODY : _BODY + 1] != ":" or (kid not in self._by_kid and not _KID.fullmatch(kid)):
            raise Unreadable("malformed", "the value names no key")
        if kid not in self._by_kid:
            raise Unreadable("unknown-kid", f"the value is under {kid}, which the ring does not hold")
        nonce, sealed = _parts(value, "ENC2")
        try:
            return Opened(self._by_kid[kid].decrypt(nonce, sealed, _bound_to(kid, cell)), kid, "ENC2")
        except InvalidTag:
            raise Unreadable("bad-tag", f"{kid} does not open the value here: changed, or moved") from None


def nonces(form: Format, count: int) -> list[bytes]:
    """As many fresh nonces, drawn at once: at every single draw parallel workers wait for each other."""
    size = _NONCE_BYTES if form == "ENC2" else _IV_BYTES
    drawn = os.urandom(size * count)
    return [drawn[start : start + size] for start in range(0, len(drawn), size)]


def _bound_to(kid: str, cell: Cell) -> bytes:
    return _measured_start(kid, cell.table, cell.column) + _measured(cell.owner)


@lru_cache(maxsize=64)
def _measured_start(kid: str, table: str, column: str) -> bytes:
    return b"".join(map(_measured, ("ENC2", kid, table, column)))


def _measured(part: str) -> bytes:
    # After its length: no two lists of parts give the same bytes.
    raw = part.encode()
    return len(raw).to_bytes(4, "big") + raw


def _parts(value: str, form: Format) -> tuple[bytes, bytes]:
    """Nonce, and ciphertext with its tag behind it."""
    if form == "ENC2":
        raw = _decode(value[_BODY + 1 :], _NONCE_BYTES + _TAG_BYTES)
        return raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    raw = _decode(value[len(LEGACY) :], _IV_BYTES + _TAG_BYTES)
    body = _IV_BYTES + _TAG_BYTES
    return raw[:_IV_BYTES], raw[body:] + raw[_IV_BYTES:body]


def _decode(text: str, shortest: int) -> bytes:
    """The bytes of the only base64 text that stands for them."""
    try:
        raw = pybase64.b64decode(text, validate=True)
    except ValueError:  # also of binascii, and for what is not ASCII
        raw = None
    # Validation lets the unused bits of a padded last group differ; only that group needs the round trip.
    odd = len(raw) % 3 if raw else 0
    if raw is None or (odd and _encode(raw[-odd:]) != text[-4:]):
        raise Unreadable("malformed", "the value is not canonical base64")
    if len(raw) < shortest:
        raise Unreadable("malformed", f"the value is {len(raw)} bytes, at least {shortest} expected")
    return raw


def _parse(document: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise RingError("ring: a field is given twice")
        return fields

    body = None
    try:
        body = json.loads(document, object_pairs_hook=unique)
    except (json.JSONDecodeError, RecursionError):
        document = ""
    if not document:
        # Outside the handler: a JSONDecodeError holds the document, keys and all.
        raise RingError("ring: not JSON")
    return body


def _object(body: Any, fields: set[str], where: str) -> dict[str, Any]:
    if not isinstance(body, dict) or set(body) != fields:
        raise RingError(f"{where}: must be an object of exactly {', '.join(sorted(fields))}")
    return body


def _key(entry: Any, where: str) -> Key:
    fields = _object(entry, _KEY_FIELDS, where)
    text, generation, status = fields["key"], fields["generation"], fields["status"]
    if not isinstance(text, str):
        raise RingError(f"{where}: key must be text")
    if type(generation) is not int or generation < 1:
        raise RingError(f"{where}: generation must be a whole number of 1 or more")
    if status not in material.STATUSES:
        raise RingError(f"{where}: status must be one of {', '.join(material.STATUSES)}")
    try:
        secret, fingerprint = material.key_bytes(text), material.kid(text)
    except ValueError as problem:
        raise RingError(f"{where}: {problem}") from None
    # The claimed kid is not quoted: a document with its fields swapped has the key there.
    if fields["kid"] != fingerprint:
        raise RingError(f"{where}: kid is not the fingerprint of its key")
    return Key(kid=fingerprint, generation=generation, status=status, secret=secret)


def _refuse_twins(what: str, values: Iterable[Any]) -> None:
    seen = list(values)
    if len(set(seen)) != len(seen):
        raise RingError(f"ring: two keys have the same {what}")
