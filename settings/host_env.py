"""The lines of a host's ``.env`` before any value is known, the same for program, checks and operators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from settings.grants import StoreEntry

PLACEHOLDER = re.compile(r"\{\{([a-z0-9-]*)\}\}")
"""``{{db-host}}`` in an ``.env`` line: filled in on the host."""
HOST_ADDRESS, IMAGE_DIGEST = "host-address", "image-digest"
"""What the host itself knows: its private address, and the image it was told to run."""


def env_lines(environment: Mapping[str, str], entries: Iterable[StoreEntry]) -> dict[str, str]:
    """Plain lines as the stack file has them, and a line for each secret that has a variable."""
    secrets = {entry.env: f"{{{{{short_name(entry)}}}}}" for entry in entries if entry.env}
    return {**environment, **secrets}


def optional_names(entries: Iterable[StoreEntry]) -> tuple[str, ...]:
    """What a placeholder may ask for in vain: a value before the first, an image nobody has deployed yet."""
    return (*(short_name(entry) for entry in entries if entry.holds == "previous"), IMAGE_DIGEST)


def short_name(entry: StoreEntry) -> str:
    """The last part of a parameter's name, which is what a placeholder calls it."""
    return entry.store_name.rpartition("/")[2]
