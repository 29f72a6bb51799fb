"""The store holds exactly the declared secrets, each under our key, with a current value of a fit age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import Estate
from settings.grants import Entry, entries

BATCH = 20  # what BatchGetSecretValue takes
_ROWS = {
    "aes-256-key": ("A4", "A6", "A31", "A34"),
    "hmac-key": ("A13", "A14", "A31", "A35"),
    "jwt-hs256-key": ("A31", "A32"),
    "postgres-url": ("A31", "A33"),
    "redis-url": ("A30", "A31"),
}


@dataclass(frozen=True)
class Value:
    """One secret's current value, held in memory only; no repr shows it."""

    text: str = field(repr=False)
    version: str
    created: datetime


def stored(estate: Estate) -> dict[str, dict[str, Any]]:
    """What the store lists under the application's own prefixes, by name."""
    prefixes = {f"{entry.store_name.split('/')[0]}/" for entry in managed(estate)}
    listed = estate.list("secretsmanager", "list_secrets", "SecretList", IncludePlannedDeletion=True)
    return {one["Name"]: one for one in listed if one["Name"].startswith(tuple(prefixes))}


def rows_of(entry: Entry) -> tuple[str, ...]:
    """The acceptance rows that speak of this secret."""
    return _ROWS.get(entry.secret.kind, ("A31",))


def managed(estate: Estate) -> tuple[Entry, ...]:
    """The declared names that live in Secrets Manager."""
    return tuple(entry for entry in entries(estate.settings) if not entry.secret.in_parameter_store)


def present(estate: Estate) -> dict[str, tuple[Entry, dict[str, Any]]]:
    """Declared secrets that exist and are not being deleted, by name."""
    there = stored(estate)
    return {
        entry.store_name: (entry, there[entry.store_name])
        for entry in managed(estate)
        if entry.store_name in there and not there[entry.store_name].get("DeletedDate")
    }


def current(estate: Estate) -> Mapping[str, Value]:
    """Current values by name, fetched in batches; a secret without one is left out."""
    arns = [one["ARN"] for _, one in present(estate).values() if _stage(one, "AWSCURRENT")]
    found: dict[str, Value] = {}
    for start in range(0, len(arns), BATCH):
        answer = estate.ask(
            "secretsmanager", "batch_get_secret_value", SecretIdList=arns[start : start + BATCH]
        )
        for one in answer.get("SecretValues", []):
            if "SecretString" in one:
                found[one["Name"]] = Value(one["SecretString"], one["VersionId"], one["CreatedDate"])
    return found


@check("secrets-inventory", "A4", "A6", "A13", "A14", "A30", "A31", "A32", "A33", "A34", "A35")
def inventory(estate: Estate) -> Iterator[Problem]:
    """Every declared name exists, and nothing else lies under the application's prefix."""
    there, declared = stored(estate), {entry.store_name: entry for entry in managed(estate)}
    for name, entry in declared.items():
        one = there.get(name)
        if one is None and entry.secret.required:
            yield Problem(name, "is not in the store", BY_PROGRAM, rows_of(entry))
        elif one is not None and one.get("DeletedDate"):
            until = one["DeletedDate"].date()
            yield Problem(
                name,
                f"is scheduled for deletion until {until}",
                f"aws secretsmanager restore-secret --secret-id {name}, then import it",
                rows_of(entry),
            )
    for name in sorted(there.keys() - declared.keys()):
        if not there[name].get("DeletedDate"):
            yield Problem(
                name,
                "is in the store and undeclared",
                "declare it, or delete it",
                ("A31",),
            )


@check("secrets-key", "A3", "A6")
def own_key(estate: Estate) -> Iterator[Problem]:
    """Every secret is encrypted with the secrets key."""
    for name, (_, one) in present(estate).items():
        if not estate.is_key(one.get("KmsKeyId"), "secrets"):
            alias = estate.names.key_alias("secrets")
            yield Problem(name, f"is not encrypted with {alias}", "run `pulumi up`, then put its value again")


@check("secrets-current", "A4", "A6", "A13", "A14", "A30", "A31", "A32", "A33", "A34", "A35")
def has_value(estate: Estate) -> Iterator[Problem]:
    """Every secret has a current version."""
    for name, (entry, one) in present(estate).items():
        if not _stage(one, "AWSCURRENT") and entry.secret.required:
            yield Problem(name, "has no AWSCURRENT", _filler(entry), rows_of(entry))


@check("secrets-pending", "A33")
def pending(estate: Estate) -> Iterator[Problem]:
    """No rotation is stuck half-way."""
    for name, (_, one) in present(estate).items():
        waiting = _stage(one, "AWSPENDING")
        if waiting and waiting != _stage(one, "AWSCURRENT"):
            yield Problem(
                name,
                f"version {waiting[:8]} is AWSPENDING and not current",
                "wait for a running rotation, else `ops rotate --resume` or `--abort`",
            )


@check("secrets-age", "A9", "A33")
def age(estate: Estate) -> Iterator[Problem]:
    """No value is older than its secret allows."""
    now = datetime.now(UTC)
    held = current(estate)
    for name, (entry, _) in present(estate).items():
        value = held.get(name)
        if value is None or entry.ring:
            continue
        days = (now - value.created.astimezone(UTC)) // timedelta(days=1)
        if days > entry.secret.rotate_every:
            yield Problem(
                name,
                f"is {days} days old, rotateEvery is {entry.secret.rotate_every}",
                f"ops rotate {entry.key}",
            )


@check("secrets-tags", "A9")
def tagged(estate: Estate) -> Iterator[Problem]:
    """Every secret carries its owner and its rotation age where people and alarms look for them."""
    for name, (entry, one) in present(estate).items():
        found = {pair["Key"]: pair["Value"] for pair in one.get("Tags", [])}
        if found.get("strongroom:rotate-every-days") != str(entry.secret.rotate_every):
            yield Problem(name, "its tag strongroom:rotate-every-days is not rotateEvery", BY_PROGRAM)


def _stage(secret: Mapping[str, Any], stage: str) -> str | None:
    stages = secret.get("SecretVersionsToStages") or {}
    return next((version for version, labels in stages.items() if stage in labels), None)


def _filler(entry: Entry) -> str:
    if entry.secret.rotated_by_function:
        return f"run the first rotation: ops rotate {entry.key}"
    return BY_PROGRAM if entry.secret.generated else "run `ops import-env`, then `pulumi up`"
