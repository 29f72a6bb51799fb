"""Builds and parses keyrings: the active keys of one secret, of which exactly one is current."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from encryption_keys.material import RING_KINDS, key_bytes
from encryption_keys.material import kid as kid_of

Status = Literal["next", "current", "decrypt-only"]

SCHEMA: Final = 1
STATUSES: Final[tuple[Status, ...]] = ("next", "current", "decrypt-only")
_RING_FIELDS: Final = {"schema", "kind", "current", "keys"}
_KEY_FIELDS: Final = {"kid", "key", "generation", "status"}


class RingError(ValueError):
    """Keys or a document that are not a valid keyring; the message contains no key."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a keyring; its repr omits the bytes."""

    kid: str
    generation: int
    status: Status
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one secret, newest first, of which exactly one is current."""

    kind: str
    current: Key
    keys: tuple[Key, ...]

    @classmethod
    def of(cls, kind: str, keys: Sequence[Key]) -> Ring:
        """Build a keyring of these keys; raises RingError for inconsistent keys."""
        _refuse_duplicates("kid", [key.kid for key in keys])
        _refuse_duplicates("generation", [key.generation for key in keys])
        current = [key for key in keys if key.status == "current"]
        if len(current) != 1:
            raise RingError(f"ring: exactly one key is current, not {len(current)}")
        for key in keys:
            expected = status_of(key.generation, current[0].generation)
            if key.status != expected:
                raise RingError(f"ring: generation {key.generation} is {key.status}, expected {expected}")
        newest_first = sorted(keys, key=lambda key: key.generation, reverse=True)
        return cls(kind=kind, current=current[0], keys=tuple(newest_first))

    @classmethod
    def load(cls, document: str) -> Ring:
        """Parse a keyring's JSON; raises RingError for anything that is not a valid keyring."""
        body = _object(_parse(document), _RING_FIELDS, "ring")
        if type(body["schema"]) is not int or body["schema"] != SCHEMA:
            raise RingError(f"ring: unknown schema; this program reads schema {SCHEMA}")
        if body["kind"] not in RING_KINDS.values():
            raise RingError(f"ring: unknown kind; known are {', '.join(RING_KINDS.values())}")
        if not isinstance(body["keys"], list):
            raise RingError("ring: keys must be a list")
        keys = [_read(entry, f"keys[{index}]") for index, entry in enumerate(body["keys"])]
        ring = cls.of(body["kind"], keys)
        if body["current"] != ring.current.kid:
            raise RingError("ring: `current` does not name the key whose status is current")
        return ring

    def document(self) -> str:
        """The keyring as canonical JSON, so that equal keyrings have equal text."""
        entries = [
            {
                "kid": key.kid,
                "key": base64.b64encode(key.secret).decode("ascii"),
                "generation": key.generation,
                "status": key.status,
            }
            for key in reversed(self.keys)
        ]
        document = {"schema": SCHEMA, "kind": self.kind, "current": self.current.kid, "keys": entries}
        return json.dumps(document, separators=(",", ":"))

    def only_current(self) -> Ring:
        """The keyring after retirement, to verify that no value needs another key."""
        return Ring(kind=self.kind, current=self.current, keys=(self.current,))


def status_of(generation: int, current: int) -> Status:
    """The status of a generation in a ring whose current generation is ``current``."""
    if generation == current:
        return "current"
    return "next" if generation > current else "decrypt-only"


def ring_document(kind: str, keys: Sequence[tuple[int, str, Status]]) -> str:
    """Build the document of a secret's keyring from (generation, key, status) triples."""
    if kind not in RING_KINDS:
        raise RingError(f"a secret of kind {kind!r} has no ring: only {', '.join(RING_KINDS)}")
    made = [_key(text, generation, status, f"generation {generation}") for generation, text, status in keys]
    return Ring.of(RING_KINDS[kind], made).document()


def _parse(document: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise RingError("ring: a field is given twice")
        return fields

    body = None
    try:
        body = json.loads(document, object_pairs_hook=unique)
    except RingError:
        raise
    except (ValueError, RecursionError):
        # ValueError without JSONDecodeError: a number of more than 4,300 digits.
        document = ""
    if not document:
        # Raised outside the handler: a JSONDecodeError contains the document with its keys.
        raise RingError("ring: not JSON")
    return body


def _object(body: Any, fields: set[str], where: str) -> dict[str, Any]:
    if not isinstance(body, dict) or set(body) != fields:
        raise RingError(f"{where}: must be an object of exactly {', '.join(sorted(fields))}")
    return body


def _read(entry: Any, where: str) -> Key:
    fields = _object(entry, _KEY_FIELDS, where)
    key = _key(fields["key"], fields["generation"], fields["status"], where)
    # The kid is not in the message: a document with swapped fields has the key there.
    if fields["kid"] != key.kid:
        raise RingError(f"{where}: kid is not the fingerprint of its key")
    return key


def _key(text: Any, generation: Any, status: Any, where: str) -> Key:
    if not isinstance(text, str):
        raise RingError(f"{where}: key must be text")
    if type(generation) is not int or generation < 1:
        raise RingError(f"{where}: generation must be a whole number of 1 or more")
    if status not in STATUSES:
        raise RingError(f"{where}: status must be one of {', '.join(STATUSES)}")
    try:
        return Key(kid=kid_of(text), generation=generation, status=status, secret=key_bytes(text))
    except ValueError as problem:
        raise RingError(f"{where}: {problem}") from None


def _refuse_duplicates(what: str, values: Iterable[Any]) -> None:
    seen = list(values)
    if len(set(seen)) != len(seen):
        raise RingError(f"ring: two keys have the same {what}")
