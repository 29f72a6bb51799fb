"""Derives secret values from one random seed per generation; adding a generation changes no other value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_random as random

from components.options import irreplaceable, unprotected_child
from encryption_keys import SEED_CHARS, Status, derive, kid, ring_document
from settings.schema.secrets import SecretSettings
from settings.store_state import kids_tag


@dataclass(frozen=True, kw_only=True)
class ValuesArgs:
    """The declared secrets, and the values that operators supplied."""

    secrets: Mapping[str, SecretSettings]
    """Declared secrets by short name."""
    supplied: Mapping[str, pulumi.Output[str]]
    """Operator-supplied values by the same names; secret outputs."""
    stored_kids: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Key ids in the stores, by short name and generation."""


class Values(pulumi.ComponentResource):
    """Secret values as secret outputs: the current, the previous, and the keyrings."""

    current: dict[str, pulumi.Output[str]]
    """The current value by short name; a secret that something else owns has none."""
    previous: dict[str, pulumi.Output[str]]
    """The previous value, while its generation is still alive."""
    rings: dict[str, pulumi.Output[str]]
    """Keyring documents (previous, current and next generation) of the secrets that have one."""
    kids: dict[str, pulumi.Output[str]]
    """The key ids of each keyring, as the value of a tag; not secret."""

    def __init__(self, name: str, args: ValuesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Values", name, None, opts)
        self._supplied = args.supplied
        self.current, self.previous, self.rings, self.kids = {}, {}, {}, {}
        for key, secret in args.secrets.items():
            if not secret.generated:
                if key in args.supplied:
                    self.current[key] = args.supplied[key]
                continue
            values = {generation: self._value(key, secret, generation) for generation in secret.alive}
            if secret.keyring is not None:
                stored = args.stored_kids.get(key, {})
                values = {n: _unchanged(key, n, value, stored.get(n)) for n, value in values.items()}
                self.rings[key], self.kids[key] = _ring(secret, values), _kids(values)
            self.current[key] = values[secret.generation]
            if secret.generation - 1 in values:
                self.previous[key] = values[secret.generation - 1]
        # Names only: outputs of a component are stored in the state a second time.
        self.register_outputs({"secrets": sorted(self.current)})

    def _value(self, key: str, secret: SecretSettings, generation: int) -> pulumi.Output[str]:
        if generation == 1 and secret.initial == "imported":
            return self._supplied[key]
        # Never RandomBytes, RandomId or RandomString: their ids carry the value, and ids are not encrypted.
        seed = random.RandomPassword(
            f"{self.pulumi_resource_name}-{key}-g{generation}",
            length=SEED_CHARS,
            special=False,
            # Rows are encrypted with a keyring's keys: only `ops` unprotects the seed of an unused one.
            opts=irreplaceable(self) if secret.keyring else unprotected_child(self),
        )
        kind = "password" if secret.kind == "redis-url" else secret.kind
        return pulumi.Output.secret(seed.result).apply(
            lambda text: derive(kind, text, secret.name, generation)
        )


def _unchanged(
    key: str, generation: int, value: pulumi.Output[str], stored: str | None
) -> pulumi.Output[str]:
    """The value, unless the store has another key under the same generation."""

    def compared(text: str) -> str:
        derived = kid(text)
        if stored not in (None, derived):
            raise pulumi.RunError(
                f"secrets.{key}: generation {generation} is the key {stored} in the store and {derived} from "
                "this state: the state is older than the store, or lost the seed. Nothing was changed: "
                "restore the newest version of the state, then preview again"
            )
        return text

    return value.apply(compared)


def _kids(values: Mapping[int, pulumi.Output[str]]) -> pulumi.Output[str]:
    # A key id reveals nothing of its key, and a secret tag would hide all other tags in previews.
    return pulumi.Output.unsecret(
        pulumi.Output.all(**{str(n): value for n, value in values.items()}).apply(
            lambda texts: kids_tag({n: kid(texts[str(n)]) for n in values})
        )
    )


def _ring(secret: SecretSettings, values: Mapping[int, pulumi.Output[str]]) -> pulumi.Output[str]:
    return pulumi.Output.secret(pulumi.Output.all(**{str(n): value for n, value in values.items()})).apply(
        lambda texts: ring_document(
            secret.kind, [(n, texts[str(n)], _status(n, secret.generation)) for n in values]
        )
    )


def _status(generation: int, current: int) -> Status:
    if generation == current:
        return "current"
    return "next" if generation > current else "decrypt-only"
