"""Names the protected seeds in the state that belong to the generations which an update drops."""

from __future__ import annotations

from typing import Literal

from encryption_keys import Ring
from settings.schema.secrets import SecretSettings
from settings.stack_file import NAMESPACE

Drops = Literal["next", "retired"]
"""The generation that was published and never current, or those that ``retire`` proved unneeded."""
_CHAIN = "strongroom:index:Values$random:index/randomPassword:RandomPassword"


def leaving(secret: SecretSettings, ring: Ring, drops: Drops) -> tuple[int, ...]:
    """The generations of the stored ring that the stack file no longer declares, of those that may go."""
    here = {key.generation for key in ring.keys}
    if drops == "next":
        may_go = {generation for generation in here if generation > ring.current.generation}
    else:
        may_go = {generation for generation in here if generation < secret.min_generation}
    return tuple(sorted(may_go - set(secret.alive)))


def urns(stack: str, key: str, secret: SecretSettings, generations: tuple[int, ...]) -> list[str]:
    """The seeds of these generations in the state; an imported first key has none."""
    return [
        f"urn:pulumi:{stack}::{NAMESPACE.rstrip(':')}::{_CHAIN}::values-{key}-g{generation}"
        for generation in generations
        if not (generation == 1 and secret.initial == "imported")
    ]
