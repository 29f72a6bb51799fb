"""Decrypts and encrypts stored values with a keyring; no error or repr contains a key or a plain text."""

from __future__ import annotations

from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from encryption_keys.envelope import (
    BODY,
    ENVELOPE,
    KID,
    LEGACY,
    Cell,
    Format,
    Unreadable,
    bound_to,
    nonces,
    parts,
    spelled,
)
from encryption_keys.ring import Ring, RingError

BUDGET: Final = 2**32
"""NIST's limit of encryptions under one key with random 96-bit nonces."""
BUDGET_WARNING: Final = BUDGET // 2


class NotReadBack(Exception):
    """A new ciphertext did not decrypt to its plain text: this machine or library must not write values."""


class Opened(NamedTuple):
    """A plain text, as bytes, and the key that it was encrypted with."""

    plaintext: bytes
    kid: str
    format: Format

    def __repr__(self) -> str:
        return f"Opened({len(self.plaintext)} bytes, kid={self.kid}, format={self.format})"


class Cipher:
    """Decrypts and encrypts the application's stored values with one AES keyring."""

    def __init__(self, ring: Ring) -> None:
        if ring.kind != "aes-256-gcm":
            raise RingError(f"ring: stored values need a ring of kind aes-256-gcm, not {ring.kind}")
        self.current = ring.current.kid
        self._by_kid = {key.kid: AESGCM(key.secret) for key in ring.keys}
        self._primary = self._by_kid[self.current]
        # Newest first, because most rows have the newest key; the likely kid is tried before.
        newest_first = list(self._by_kid.items())
        self._orders: dict[str | None, list[tuple[str, AESGCM]]] = {None: newest_first}
        for kid, key in newest_first:
            self._orders[kid] = [(kid, key), *(other for other in newest_first if other[0] != kid)]

    def __repr__(self) -> str:
        return f"Cipher(current={self.current}, kids={list(self._by_kid)})"

    @property
    def kids(self) -> tuple[str, ...]:
        """The kids of the keyring's keys, newest first."""
        return tuple(self._by_kid)

    def open(self, value: str, cell: Cell, likely: str | None = None) -> Opened:
        """Decrypt a stored value; raises :class:`Unreadable` for one that the keyring does not decrypt.

        ``likely`` is the kid that decrypted the previous value, which is tried first.
        """
        if value.startswith(LEGACY):
            return self._open_legacy(value, likely)
        if value.startswith(ENVELOPE):
            return self._open_envelope(value, cell)
        raise Unreadable("plain", "the value carries no prefix: it is stored as plain text")

    def seal_legacy(self, plaintext: bytes) -> str:
        """Encrypt as ``ENC:`` + base64(iv | tag | ciphertext), the application's own format."""
        return self._seal(plaintext, "ENC", None, *nonces("ENC", 1))

    def seal(self, plaintext: bytes, cell: Cell) -> str:
        """Encrypt as ``ENC2:<kid>:`` + base64(nonce | ciphertext | tag), with its cell as associated data."""
        return self._seal(plaintext, "ENC2", bound_to(self.current, cell), *nonces("ENC2", 1))

    def seal_proved(self, plaintext: bytes, cell: Cell, form: Format, nonce: bytes) -> str:
        """Encrypt a value, decrypt the new text again, and compare; raises an error where they differ.

        ``nonce`` comes from :func:`nonces` and serves this value only.
        """
        bound = bound_to(self.current, cell) if form == "ENC2" else None
        fresh = self._seal(plaintext, form, bound, nonce)
        try:
            proved = self._primary.decrypt(*parts(fresh, form), bound) == plaintext
        except (Unreadable, InvalidTag):
            proved = False
        if not proved:
            raise NotReadBack("a new value did not decrypt to its plain text")
        return fresh

    def _seal(self, plaintext: bytes, form: Format, bound: bytes | None, nonce: bytes) -> str:
        sealed = self._primary.encrypt(nonce, plaintext, bound)
        return spelled(form, self.current, nonce, sealed)

    def _open_legacy(self, value: str, likely: str | None) -> Opened:
        iv, sealed = parts(value, "ENC")
        # The format does not name the key: each key is tried until the tag verifies.
        for kid, key in self._orders.get(likely, self._orders[None]):
            try:
                return Opened(key.decrypt(iv, sealed, None), kid, "ENC")
            except InvalidTag:
                continue
        raise Unreadable("bad-tag", "no key of the ring decrypts the value")

    def _open_envelope(self, value: str, cell: Cell) -> Opened:
        kid = value[len(ENVELOPE) : BODY]
        if value[BODY : BODY + 1] != ":" or (kid not in self._by_kid and not KID.fullmatch(kid)):
            raise Unreadable("malformed", "the value names no key")
        if kid not in self._by_kid:
            raise Unreadable("unknown-kid", f"the value is under {kid}, which is not in the keyring")
        nonce, sealed = parts(value, "ENC2")
        try:
            return Opened(self._by_kid[kid].decrypt(nonce, sealed, bound_to(kid, cell)), kid, "ENC2")
        except InvalidTag:
            raise Unreadable("bad-tag", f"{kid} does not decrypt the value here: changed, or moved") from None
