"""URNs of the protected seeds of the generations that an update removes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from encryption_keys import Ring
from settings.schema.secrets import SecretSettings
from settings.stack_file import NAMESPACE

Drops = Literal["next", "retired"]
"""``next``: published and never current; ``retired``: before ``minGeneration``."""
_CHAIN = "strongroom:index:Values$random:index/randomPassword:RandomPassword"


def leaving(secret: SecretSettings, ring: Ring, before: Collection[int], drops: Drops) -> tuple[int, ...]:
    """The generations that the stack file no longer declares and that may be removed.

    ``before`` are those of the key ring when the operation began: another update may have removed one from
    the stored key ring and failed to delete its protected seed.
    """
    known = {key.generation for key in ring.keys} | set(before)
    if drops == "next":
        may_go = {generation for generation in known if generation > ring.current.generation}
    else:
        may_go = {generation for generation in known if generation < secret.min_generation}
    return tuple(sorted(may_go - set(secret.alive)))


def urns(stack: str, key: str, secret: SecretSettings, generations: tuple[int, ...]) -> list[str]:
    """The URNs of these generations' seeds; an imported first key has none."""
    return [
        f"urn:pulumi:{stack}::{NAMESPACE.rstrip(':')}::{_CHAIN}::values-{key}-g{generation}"
        for generation in generations
        if not (generation == 1 and secret.initial == "imported")
    ]
