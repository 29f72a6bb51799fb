"""The interface of a secret store, and the value it answers with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from encryption_keys import kid
from ops.core.aws_state import AwsState, Item
from settings.grants import StoreEntry, entries


@dataclass(frozen=True)
class Value:
    """One secret's current value, held in memory only; no repr shows it."""

    text: str = field(repr=False)
    version: str
    created: datetime

    @property
    def kid(self) -> str | None:
        """The fingerprint of a value that is a key; None for any other."""
        try:
            return kid(self.text)
        except ValueError:
            return None


class SecretStore(Protocol):
    """What a command asks of a store, whichever it is."""

    read_calls: ClassVar[tuple[str, ...]]
    """The API calls that return a value, as CloudTrail names them."""

    @property
    def declared(self) -> Mapping[str, StoreEntry]:
        """What the stack declares in this store, by name."""
        ...

    def listed(self) -> Mapping[str, Item]:
        """What lies under the stack's own names, declared or not, as the store describes it."""
        ...

    def present(self) -> Mapping[str, Item]:
        """The declared names that exist, as the store describes them."""
        ...

    def read(self, name: str) -> Value | None:
        """The current value of one name; None where there is none."""
        ...

    def read_all(self) -> Mapping[str, Value]:
        """The current values of all declared names, fetched in batches; a name without one is left out."""
        ...

    def changed(self, name: str) -> datetime | None:
        """When the current value was put; asked without reading it."""
        ...


def declared_in(aws: AwsState, store: str) -> dict[str, StoreEntry]:
    """What the stack declares in a store, by name."""
    return {one.store_name: one for one in entries(aws.settings) if one.secret.store == store}


def batches(names: list[str], size: int) -> Iterator[list[str]]:
    """Names in groups that one call takes."""
    for start in range(0, len(names), size):
        yield names[start : start + size]
