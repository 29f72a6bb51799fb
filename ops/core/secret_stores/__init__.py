"""Reads AWS Secrets Manager and SSM Parameter Store through one interface.

Every value of a stack, and the store of one secret::

    for entry, value in stored_values(aws): ...
    value = store_of(aws, secret).read(secret.name)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ops.core.aws_state import AwsState
from ops.core.secret_stores.parameter_store import ParameterStore
from ops.core.secret_stores.secrets_manager import CURRENT, SecretsManager, current_since, staged
from ops.core.secret_stores.store import SecretStore, Value
from settings.grants import StoreEntry
from settings.schema.secrets import SecretSettings

__all__ = [
    "CURRENT",
    "ParameterStore",
    "SecretStore",
    "SecretsManager",
    "Value",
    "current_since",
    "secret_stores",
    "staged",
    "store_of",
    "stored_values",
]

STORES: Mapping[str, type[SecretsManager | ParameterStore]] = {
    "secrets-manager": SecretsManager,
    "parameter-store": ParameterStore,
}
"""The classes by the name of the store in the stack file."""


def store_of(aws: AwsState, secret: SecretSettings) -> SecretStore:
    """The store that holds a secret."""
    return STORES[secret.store](aws)


def secret_stores(aws: AwsState) -> tuple[SecretStore, ...]:
    """Both stores of the stack."""
    return tuple(store(aws) for store in STORES.values())


def stored_values(aws: AwsState) -> Iterator[tuple[StoreEntry, Value]]:
    """Every declared name that has a value, with its current value."""
    for store in secret_stores(aws):
        values = store.read_all()
        for name, entry in store.declared.items():
            if name in values:
                yield entry, values[name]
