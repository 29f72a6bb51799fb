"""Describes every secret of a stack with its readers, age and due date; no value is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

from ops.core.secret_stores import SecretStore
from report.schema import Reader, Secret
from settings import Settings
from settings.grants import (
    DEPLOY_READER,
    HOST_READER,
    RESTORE_CHECK_READER,
    StoreEntry,
    entries,
    entry_roles,
)
from settings.schema.secrets import SecretSettings

SOON = 0.9
"""The share of the greatest age from which a value is due soon."""
_STORES = {"secrets-manager": "Secrets Manager", "parameter-store": "Parameter Store"}


def secrets(
    settings: Settings, store_of: Callable[[SecretSettings], SecretStore], now: datetime
) -> Iterator[Secret]:
    """Every name that the stack may have in a store."""
    for entry in entries(settings):
        changed = store_of(entry.secret).changed(entry.store_name)
        changed = changed.astimezone(UTC) if changed else None
        days = (now - changed) // timedelta(days=1) if changed else None
        yield Secret(
            key=entry.key,
            name=entry.store_name,
            store=_STORES[entry.secret.store],
            kind=entry.secret.kind,
            holds=entry.holds,
            description=entry.secret.description,
            generation=entry.secret.generation if entry.secret.generated else None,
            rotated_by=_rotated_by(entry),
            changed=changed,
            age_days=days,
            rotate_every=entry.secret.rotate_every,
            due=(changed + timedelta(days=entry.secret.rotate_every)).date() if changed else None,
            state=_state(days, entry.secret.rotate_every),
            readers=tuple(_readers(settings, entry)),
        )


def _state(days: int | None, limit: int) -> Literal["fresh", "due soon", "overdue", "no value"]:
    if days is None:
        return "no value"
    if days > limit:
        return "overdue"
    return "due soon" if days >= limit * SOON else "fresh"


def _rotated_by(entry: StoreEntry) -> str:
    if entry.secret.rotated_by_function:
        return "the rotation function, by itself"
    if entry.secret.generated:
        return "Pulumi, when `generation` is raised"
    return "an operator, with `ops import-env`"


def _readers(settings: Settings, entry: StoreEntry) -> Iterator[Reader]:
    """The roles of the entry with the reader that each belongs to, and how the value reaches it."""
    names = settings.names
    owners = {
        names.deploy_role: (DEPLOY_READER, "API call of the application's pipeline"),
        names.host_role: (HOST_READER, "fetched on the host into its .env"),
        names.restore_check_role: (RESTORE_CHECK_READER, "API call of the function that checks restores"),
        names.rotation_role: ("rotation", "API call of the rotation function, which also writes it"),
    }
    for name in (*settings.services, *settings.tools):
        owners[names.execution_role(name)] = (name, "injected when a task starts")
        owners[names.task_role(name)] = (name, "API call of the running task")
    for role in entry_roles(settings, entry):
        reader, means = owners.get(role, (role, "API call"))
        if means.startswith("injected") and entry.env:
            means = f"{means}, as {entry.env}"
        yield Reader(reader=reader, role=role, means=means)
