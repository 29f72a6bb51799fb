"""Checks of the data stores: backups and their copies, user names, storage, and the secrets they refer to."""

from __future__ import annotations

from collections.abc import Iterator

from settings.aws.windows import overlap
from settings.checks.check import Others
from settings.defaults import SECRETS_MANAGER
from settings.errors import nearest
from settings.names import RESTORE_READER
from settings.schema.data import MIN_BACKUP_DAYS, DatabaseSettings
from settings.schema.stack import Settings

FORBIDDEN_ADMINS = frozenset({"postgres", "admin", "root", "rdsadmin"})


def data_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check backups, admin user names and passwords of the data stores."""
    database, cache = settings.database, settings.cache
    if database is not None:
        yield from _database_problems(settings, database)
    if cache is not None:
        yield from _refers(settings, "cache.urlSecret", cache.url_secret, "redis-url")
        if cache.multi_az and cache.nodes < 2:
            yield f"cache.nodes={cache.nodes}: multiAz needs 2 or more; add a node or set multiAz: false"


def _database_problems(settings: Settings, database: DatabaseSettings) -> Iterator[str]:
    days = database.backup_retention_days
    if days < MIN_BACKUP_DAYS:
        yield f"database.backupRetentionDays={days}: minimum {MIN_BACKUP_DAYS}"
    if database.username in FORBIDDEN_ADMINS:
        yield f"database.username={database.username}: attackers try this name first; choose another"
    if database.max_storage_gib < database.storage_gib:
        ceiling, start = database.max_storage_gib, database.storage_gib
        yield f"database.maxStorageGib={ceiling}: below storageGib={start}; raise it, or remove it"
    if overlap(database.backup_window, database.maintenance_window):
        yield (
            f"database.backupWindow={database.backup_window}: overlaps "
            f"maintenanceWindow={database.maintenance_window}, which RDS refuses; move one of them"
        )
    if database.password_secret is not None:
        yield from _refers(settings, "database.passwordSecret", database.password_secret, "password")


def store_use_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that every data store that is used is declared, and every declared one is used."""
    users: dict[str, list[str]] = {"database": [], "cache": []}
    for name, one in {**settings.services, **settings.tools}.items():
        for store in one.stores:
            users[store].append(name)
    needs = {"database": ("postgres-url", settings.database), "cache": ("redis-url", settings.cache)}
    for store, (kind, declared) in needs.items():
        secrets = [key for key, secret in settings.secrets.items() if secret.kind == kind]
        if declared is None and users[store]:
            yield f"{store}: missing, but {', '.join(users[store])} use it; add strongroom:{store}"
        elif declared is None and secrets:
            where = f"secrets.{secrets[0]}.kind={kind}"
            yield f"{where}: the stack has no {store}; add strongroom:{store}, or remove the secret"
        elif declared is not None and settings.containers and not users[store]:
            yield f"{store}: no service connects to it; list it under the stores of one, or remove it"


def role_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the admin is not named like one of the application's roles.

    The rotation would change the admin's password, or let the application run as the admin; and restored
    copies would be checked as the admin.
    """
    if settings.database is None:
        return
    names, username = settings.names, settings.database.username
    if username == RESTORE_READER:
        yield (
            f"database.username={username}: is the role that restored copies are checked with; choose "
            f"another, such as {names.database_role_prefix}_admin"
        )
    rotated = any(secret.rotated_by_function for secret in settings.secrets.values())
    if rotated and username in names.database_roles:
        yield (
            f"database.username={username}: the rotation of the database URL creates and changes roles named "
            f"{', '.join(names.database_roles)}; choose another, such as {names.database_role_prefix}_admin"
        )


def backup_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that production has backups with a copy in another region, and what their tests decrypt."""
    backup, production = settings.backup, settings.environment.production
    if backup is not None and settings.database is None:
        yield "backup: the stack has no database; add strongroom:database, or remove it"
    if backup is None:
        if production and settings.database is not None:
            yield (
                "backup: missing; production needs a vault, copies in another region and restore tests; "
                "declare copyRegion and tables"
            )
        return
    if backup.copy_region is None and production:
        yield "backup.copyRegion: missing; production needs a copy in another region; name one"
    if backup.copy_region == settings.region:
        yield f"backup.copyRegion={backup.copy_region}: is the stack's own region; name another"
    encrypting = [key for key, secret in settings.secrets.items() if secret.encrypted_columns]
    if len(encrypting) > 1:
        yield (
            f"backup: {', '.join(encrypting)} have encryptedColumns, and a restore test decrypts with one "
            "keyring only; declare the columns under one of them"
        )
    elif encrypting and settings.secrets[encrypting[0]].in_parameter_store:
        yield (
            f"backup: a restore test reads the keyring of {encrypting[0]} from Secrets Manager; set "
            f"secrets.{encrypting[0]}.store: secrets-manager"
        )
    elif encrypting and settings.host and SECRETS_MANAGER not in settings.network.endpoints:
        yield "network.endpoints lacks secretsmanager: restore tests read the keyring through it; add it"


def _refers(settings: Settings, where: str, key: str, kind: str) -> Iterator[str]:
    secret = settings.secrets.get(key)
    if secret is None:
        hint = nearest(key, tuple(settings.secrets))
        yield f"{where}={key}: is not a declared secret{hint or '; declare it'}"
    elif secret.kind != kind:
        yield f"{where}={key}: is of kind {secret.kind}; name one of kind {kind}"
