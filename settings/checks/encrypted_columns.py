"""Checks of the encrypted columns of each secret: names, formats, duplicates and keyrings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.checks.check import Others
from settings.schema.secrets import EncryptedColumn, SecretSettings
from settings.schema.stack import Settings

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_RULE = "at most 63 letters, digits and underscores, not starting with a digit"


def encrypted_column_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check kinds, names, formats and duplicates of the encrypted columns of every secret."""
    taken: dict[tuple[str, str], str] = {}
    for key, secret in settings.secrets.items():
        where = f"secrets.{key}.encryptedColumns"
        if not secret.encrypted_columns:
            continue
        if secret.kind != "aes-256-key":
            yield f"{where}: kind {secret.kind} encrypts no rows; remove it, or declare kind: aes-256-key"
        elif (
            secret.keyring is None and secret.envelope == "legacy"
        ):  # the other formats are checked elsewhere
            yield f"{where}: re-encryption needs the secret's keyring, and there is none; declare keyring"
        for index, column in enumerate(secret.encrypted_columns):
            here = f"{where}[{index}]"
            yield from _name_problems(here, column)
            yield from _envelope_problems(here, secret, column)
            # A table without a schema is usually in `public`.
            schema, table = _parts(column.table)
            same = (f"{schema or 'public'}.{table}", column.column)
            if same in taken:
                named = f"{column.table}.{column.column}"
                yield f"{here}.column={named}: already declared by {taken[same]}; declare it once"
            taken.setdefault(same, here)


def _name_problems(where: str, column: EncryptedColumn) -> Iterator[str]:
    schema, table = _parts(column.table)
    if not _NAME.fullmatch(table) or (schema is not None and not _NAME.fullmatch(schema)):
        yield f"{where}.table={column.table}: is not TABLE or SCHEMA.TABLE ({_RULE}); correct it"
    for field, name in (("key", column.key), ("column", column.column), ("owner", column.owner)):
        if not _NAME.fullmatch(name):
            yield f"{where}.{field}={name}: is not a valid column name ({_RULE}); correct it"
    for field, name in (("key", column.key), ("owner", column.owner)):
        if name == column.column:
            yield f"{where}.{field}={name}: is the encrypted column itself; name the column of the {field}"
    if schema is not None and column.logical_name is None:
        yield (
            f"{where}.table={column.table}: carries a schema; declare logicalName: {{table, column}}, the "
            "names that the application puts into the associated data"
        )


def _envelope_problems(where: str, secret: SecretSettings, column: EncryptedColumn) -> Iterator[str]:
    if column.envelope in ("enc2", "enc2-only") and secret.envelope == "legacy":
        yield (
            f"{where}.envelope={column.envelope}: the secret's readers understand envelope: legacy only; "
            "declare envelope: enc2 on the secret once they read it, or remove this"
        )


def _parts(table: str) -> tuple[str | None, str]:
    schema, dot, name = table.rpartition(".")
    return (schema if dot else None), name
