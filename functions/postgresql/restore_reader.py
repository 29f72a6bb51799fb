"""The statements that create the role for checks of restored copies, and grant it SELECT on a user's tables.

A restored copy has the roles of the database at the time of its backup, so the role exists in the live
database. Each statement can be repeated. The rotation function and the host run them.
"""

from __future__ import annotations

from typing import Final

RESTORE_READER: Final = "restore_reader"

# RDS accepts no password of a member of rds_iam, not even of one through another role. Since PostgreSQL 16
# the creator of a role is its member. The master must not be one, so a role that is dropped again creates it.
CREATE_ROLE: Final = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'restore_reader') THEN
        IF pg_catalog.current_setting('server_version_num')::int >= 160000 THEN
            CREATE ROLE restore_reader_creator NOLOGIN CREATEROLE;
            EXECUTE 'GRANT restore_reader_creator TO CURRENT_USER WITH INHERIT FALSE, SET TRUE';
            SET LOCAL ROLE restore_reader_creator;
            CREATE ROLE restore_reader LOGIN NOINHERIT;
            RESET ROLE;
            DROP ROLE restore_reader_creator;
        ELSE
            CREATE ROLE restore_reader LOGIN NOINHERIT;
        END IF;
        GRANT rds_iam TO restore_reader;
    END IF;
    EXECUTE pg_catalog.format(
        'GRANT CONNECT ON DATABASE %I TO restore_reader', pg_catalog.current_database()
    );
    GRANT USAGE ON SCHEMA public TO restore_reader;
END
$$
"""

# Run as the owner of the tables, for those that exist and those that it will create.
GRANT_SELECT: Final = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT nspname FROM pg_catalog.pg_namespace
        WHERE nspowner = CURRENT_USER::regrole
        AND NOT pg_catalog.has_schema_privilege('restore_reader', oid, 'USAGE')
    LOOP
        EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO restore_reader', one.nspname);
    END LOOP;
    FOR one IN
        SELECT nspname, relname FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relowner = CURRENT_USER::regrole AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
        AND NOT pg_catalog.has_table_privilege('restore_reader', c.oid, 'SELECT')
    LOOP
        EXECUTE pg_catalog.format('GRANT SELECT ON TABLE %I.%I TO restore_reader', one.nspname, one.relname);
    END LOOP;
    ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO restore_reader;
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO restore_reader;
END
$$
"""
