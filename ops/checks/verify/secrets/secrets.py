"""Checks Secrets Manager: names, encryption, current and pending versions, age and tags of secrets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from ops.core.secret_stores import CURRENT, SecretsManager, staged
from settings.grants import StoreEntry

_ROWS = {
    "aes-256-key": ("A4", "A6", "A31", "A34"),
    "hmac-key": ("A13", "A14", "A31", "A35"),
    "jwt-hs256-key": ("A31", "A32"),
    "postgres-url": ("A31", "A33"),
    "redis-url": ("A30", "A31"),
}


def requirements_of(entry: StoreEntry) -> tuple[str, ...]:
    """Codes of the requirements about this secret."""
    return _ROWS.get(entry.secret.kind, ("A31",))


def present(aws: AwsState) -> dict[str, tuple[StoreEntry, Item]]:
    """The declared secrets that exist and are not scheduled for deletion, by name."""
    store = SecretsManager(aws)
    return {name: (store.declared[name], one) for name, one in store.present().items()}


@check("secrets-inventory", "A4", "A6", "A13", "A14", "A30", "A31", "A32", "A33", "A34", "A35")
def inventory(aws: AwsState) -> Iterator[Problem]:
    """Every declared secret exists, and no undeclared one under the application's prefix."""
    store = SecretsManager(aws)
    there, declared = store.listed(), store.declared
    for name, entry in declared.items():
        one = there.get(name)
        if one is None and entry.secret.required:
            yield Problem(name, "is not in Secrets Manager", BY_PROGRAM, requirements_of(entry))
        elif one is not None and one.get("DeletedDate"):
            until = one["DeletedDate"].date()
            yield Problem(
                name,
                f"is scheduled for deletion on {until}",
                f"run `aws secretsmanager restore-secret --secret-id {name}`, then `pulumi import` it",
                requirements_of(entry),
            )
    for name in sorted(there.keys() - declared.keys()):
        if not there[name].get("DeletedDate"):
            yield Problem(
                name,
                "is in Secrets Manager and undeclared",
                "declare it, or delete it",
                ("A31",),
            )


@check("secrets-key", "A3", "A6")
def own_key(aws: AwsState) -> Iterator[Problem]:
    """The secrets key encrypts every secret."""
    for name, (_, one) in present(aws).items():
        if not aws.is_key(one.get("KmsKeyId"), "secrets"):
            alias = aws.names.key_alias("secrets")
            yield Problem(name, f"is not encrypted with {alias}", "run `pulumi up`, then put its value again")


@check("secrets-current", "A4", "A6", "A13", "A14", "A30", "A31", "A32", "A33", "A34", "A35")
def has_value(aws: AwsState) -> Iterator[Problem]:
    """Every required secret has a version labeled AWSCURRENT."""
    for name, (entry, one) in present(aws).items():
        if not staged(one, CURRENT) and entry.secret.required:
            yield Problem(name, "has no version labeled AWSCURRENT", _filler(entry), requirements_of(entry))


@check("secrets-pending", "A33")
def pending(aws: AwsState) -> Iterator[Problem]:
    """No rotation is unfinished: no version is labeled AWSPENDING alone."""
    for name, (_, one) in present(aws).items():
        waiting = staged(one, "AWSPENDING")
        if waiting and waiting != staged(one, CURRENT):
            yield Problem(
                name,
                f"version {waiting[:8]} is AWSPENDING and not AWSCURRENT",
                "wait if a rotation is running, else run `ops rotate` with --resume or --abort",
            )


@check("secrets-age", "A9", "A33")
def age(aws: AwsState) -> Iterator[Problem]:
    """No value is older than the secret's ``rotateEvery``."""
    now = datetime.now(UTC)
    held = SecretsManager(aws).read_all()
    for name, (entry, _) in present(aws).items():
        value = held.get(name)
        if value is None or entry.ring:
            continue
        days = (now - value.created.astimezone(UTC)) // timedelta(days=1)
        if days > entry.secret.rotate_every:
            yield Problem(
                name,
                f"is {days} days old, rotateEvery is {entry.secret.rotate_every}",
                f"run `ops rotate {entry.key}`",
            )


@check("secrets-tags", "A9")
def tagged(aws: AwsState) -> Iterator[Problem]:
    """Every secret has its rotation interval in the tag ``strongroom:rotate-every-days``."""
    for name, (entry, one) in present(aws).items():
        found = {pair["Key"]: pair["Value"] for pair in one.get("Tags", [])}
        if found.get("strongroom:rotate-every-days") != str(entry.secret.rotate_every):
            yield Problem(
                name, f"its tag strongroom:rotate-every-days is not {entry.secret.rotate_every}", BY_PROGRAM
            )


def _filler(entry: StoreEntry) -> str:
    if entry.secret.rotated_by_function:
        return f"run the first rotation: `ops rotate {entry.key}`"
    return BY_PROGRAM if entry.secret.generated else "run `ops import-env`, then `pulumi up`"
