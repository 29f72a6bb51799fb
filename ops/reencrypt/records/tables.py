"""Creates the tables in the schema strongroom: names, fingerprints and row keys, but no values."""

from __future__ import annotations

from typing import Any, Final

from psycopg import Connection, errors

from ops.core.exits import Exit, Stop

_TABLES: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('strongroom-reencrypt home', 0));
CREATE SCHEMA IF NOT EXISTS strongroom;
CREATE TABLE IF NOT EXISTS strongroom.database_marker (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    application text NOT NULL, stack text NOT NULL, environment text NOT NULL, account text NOT NULL,
    written timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS strongroom.reencrypt_range (
    target text, part int, above text, upto text, PRIMARY KEY (target, part)
);
CREATE TABLE IF NOT EXISTS strongroom.reencrypt_verification (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target text NOT NULL, kid text NOT NULL,
    total bigint NOT NULL, old bigint NOT NULL, poison bigint NOT NULL,
    started timestamptz NOT NULL, finished timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE strongroom.reencrypt_verification
    ADD COLUMN IF NOT EXISTS encrypted bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS undeclared bigint NOT NULL DEFAULT 0;
CREATE TABLE IF NOT EXISTS strongroom.encryption_key (
    secret text, kid text, generation int NOT NULL, encryptions bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (secret, kid)
);
"""


def create_tables(connection: Connection[Any]) -> None:
    """Create missing tables of the schema; :class:`Stop` where the role lacks the privilege."""
    try:
        with connection.transaction():
            connection.execute(_TABLES)
    except errors.InsufficientPrivilege:
        user = connection.info.user
        raise Stop(
            Exit.BAD_INPUT, f"{user} may not create the schema strongroom: GRANT CREATE ON DATABASE"
        ) from None


def exists(connection: Connection[Any], table: str) -> bool:
    """Whether the schema has this table; a dry run creates none."""
    found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"strongroom.{table}"]).fetchone()
    return found == (True,)
