"""The attributes with which a PostgreSQL role may do more than its grants say."""

from __future__ import annotations

from typing import Final

PRIVILEGED: Final = {
    "SUPERUSER": "rolsuper",
    "CREATEROLE": "rolcreaterole",
    "CREATEDB": "rolcreatedb",
    "REPLICATION": "rolreplication",
    "BYPASSRLS": "rolbypassrls",
}
"""The columns of ``pg_roles`` by attribute."""
