"""Reads the current value and key ring of one secret from its store, and compares them with the stack file.

Values are kept in memory and never printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from encryption_keys import Ring, RingError, fingerprint
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import SecretStore, Value, store_of
from ops.core.stored_generations import PENDING
from settings.schema.secrets import SecretSettings


@dataclass(frozen=True)
class StoredSecret:
    """One secret's current value, and its key ring where it has one."""

    plain: Value
    ring: Ring | None = None
    ring_created: datetime | None = None
    previous: Value | None = None
    """The previous value, where a reader still verifies signatures with it."""

    @property
    def since(self) -> datetime:
        """When the last of its entries changed; a task that started later has read all of them."""
        beside = self.previous.created if self.previous else None
        return max(self.plain.created, self.ring_created or self.plain.created, beside or self.plain.created)


def held(context: StackContext, secret: SecretSettings) -> StoredSecret:
    """Read the secret from its store; :class:`Stop` where a value is missing or the key ring is invalid."""
    context.look_again()
    store = store_of(context.aws, secret)
    plain = _required(store, secret.name)
    if secret.keyring is None:
        before = store.read(secret.previous_name) if secret.previous_name else None
        return StoredSecret(plain, previous=before)
    ring = _required(store, secret.keyring.name)
    problem = ""
    try:
        return StoredSecret(plain, Ring.load(ring.text), ring.created)
    except RingError as refusal:
        problem = str(refusal)
    raise Stop(Exit.REFUSED, f"{secret.keyring.name} is not a valid key ring: {problem}")


def disagreements(secret: SecretSettings, found: StoredSecret) -> Iterator[str]:
    """Differences between the store and the stack file; nothing is changed."""
    if found.ring is None or secret.keyring is None:
        return
    here = tuple(sorted(key.generation for key in found.ring.keys))
    if found.ring.current.generation != secret.generation or here != tuple(sorted(secret.alive)):
        yield (
            f"{secret.keyring.name}: the current generation is {found.ring.current.generation} of "
            f"{_joined(here)}, declared is {secret.generation} of {_joined(secret.alive)}: {PENDING}"
        )
    if found.plain.kid != found.ring.current.kid:
        yield (
            f"{secret.name} is not the current key {found.ring.current.kid} of its key ring: it was changed "
            "by hand; put the right value back (it is not reverted automatically)"
        )


def fingerprints(secret: SecretSettings, found: StoredSecret) -> dict[str, str]:
    """Fingerprints of the values of a generated secret, by name; they do not reveal the values."""
    seen = {secret.name: fingerprint(found.plain.text)}
    if secret.previous_name and found.previous:
        seen[secret.previous_name] = fingerprint(found.previous.text)
    for key in found.ring.keys if found.ring else ():
        seen[_of_generation(secret, key.generation)] = key.kid
    return seen


def generations(secret: SecretSettings, before: Mapping[str, str]) -> list[int]:
    """The generations of the secret's key ring in ``before`` (:func:`fingerprints`)."""
    prefix = _of_generation(secret, "")
    return [int(name.removeprefix(prefix)) for name in before if name.startswith(prefix)]


def same_value(secret: SecretSettings, before: Mapping[str, str], found: StoredSecret) -> bool:
    """Whether the current value is the one in ``before`` (:func:`fingerprints`)."""
    return before.get(secret.name) == fingerprint(found.plain.text)


def moved(secret: SecretSettings, before: Mapping[str, str], after: StoredSecret) -> Iterator[str]:
    """Problems in the store after an update; ``secret`` is as the stack file declares it now.

    ``before`` holds the :func:`fingerprints` of the store's values before the first change.
    """
    yield from disagreements(secret, after)
    yield from _fallback(secret, before, after)
    for key in after.ring.keys if after.ring else ():
        known = before.get(_of_generation(secret, key.generation))
        if known is not None and known != key.kid:
            yield f"generation {key.generation} has a different key than before the update"
        if known is not None and key.generation < secret.generation and key.status != "decrypt-only":
            yield f"generation {key.generation} is {key.status}, not decrypt-only"


def _fallback(secret: SecretSettings, before: Mapping[str, str], after: StoredSecret) -> Iterator[str]:
    """Problems with the previous value, without which tokens signed with it become invalid."""
    if secret.previous_name is None:
        return
    alive = secret.generation - 1 in secret.alive
    if alive and after.previous is None:
        yield f"{secret.previous_name} is missing: tokens signed with the previous value would become invalid"
    elif not alive and after.previous is not None:
        yield f"{secret.previous_name} still exists, but its generation is not alive any more"
    elif (
        after.previous is not None
        and before.get(secret.name) not in (None, fingerprint(after.previous.text))
        and not same_value(secret, before, after)
    ):
        yield f"{secret.previous_name} is not the previous value: it was changed by hand"


def _of_generation(secret: SecretSettings, generation: int | Literal[""]) -> str:
    name = secret.keyring.name if secret.keyring else secret.name
    return f"{name} generation {generation}"


def _required(store: SecretStore, name: str) -> Value:
    found = store.read(name)
    if found is None:
        raise Stop(Exit.REFUSED, f"{name} has no value in the store: run `pulumi up` first")
    return found


def _joined(generations: tuple[int, ...]) -> str:
    return ", ".join(map(str, sorted(generations)))
