"""The interface of a secret store, and the value it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

from encryption_keys import kid
from ops.core.aws_state import AwsState, Item
from settings.grants import StoreEntry, entries


@dataclass(frozen=True)
class Value:
    """One secret's current value; its repr leaves the text out."""

    text: str = field(repr=False)
    version: str
    created: datetime

    @property
    def kid(self) -> str | None:
        """The fingerprint of a value that is a key, None for any other value."""
        try:
            return kid(self.text)
        except ValueError:
            return None


class SecretStore(Protocol):
    """The operations that commands use, on either store."""

    read_calls: ClassVar[tuple[str, ...]]
    """The API calls that return a value, as CloudTrail names them."""

    @property
    def declared(self) -> Mapping[str, StoreEntry]:
        """The entries that the stack declares in this store, by name."""
        ...

    def listed(self) -> Mapping[str, Item]:
        """The descriptions of everything under the stack's names, declared or not, by name."""
        ...

    def present(self) -> Mapping[str, Item]:
        """The descriptions of the declared names that exist, by name."""
        ...

    def read(self, name: str) -> Value | None:
        """The current value of one name, None where there is none."""
        ...

    def read_all(self) -> Mapping[str, Value]:
        """The current values of all declared names, read in batches; a name without a value is left out."""
        ...

    def tags(self, name: str) -> Mapping[str, str]:
        """The current tags of one name; :class:`ClientError` where the store does not have it."""
        ...

    def changed(self, name: str) -> datetime | None:
        """When the current value was put; the value itself is not read."""
        ...


def declared_in(aws: AwsState, store: str) -> dict[str, StoreEntry]:
    """The entries that the stack declares in a store, by name."""
    return {one.store_name: one for one in entries(aws.settings) if one.secret.store == store}
