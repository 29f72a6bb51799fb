"""Versions of RDS for PostgreSQL, and the names of users and databases that it does not accept."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from settings.aws.rule import AWS_DOCS, Text, Words

MAJOR_VERSIONS = ("14", "15", "16", "17", "18")
"""In standard support on 2026-11-29: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/."""
_CREATE = f"{AWS_DOCS}AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_KEYWORDS = "https://www.postgresql.org/docs/current/sql-keywords-appendix.html"

VERSION = Text(
    rf"({'|'.join(MAJOR_VERSIONS)})(\.\d{{1,2}})?",
    f"a major version in quotes ({', '.join(MAJOR_VERSIONS)}), with the minor version of an adopted instance",
    f"{AWS_DOCS}AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
)
IDENTIFIER = Text(
    "[a-z][a-z0-9_]{0,30}",
    "1 to 31 lower-case letters, digits and underscores that begin with a letter",
    _CREATE,
)
RESERVED = Words(
    frozenset(
        (
            *("all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric"),
            *("authorization", "binary", "both", "case", "cast", "check", "collate", "collation"),
            *("column", "concurrently", "constraint", "create", "cross", "current_catalog"),
            *("current_date", "current_role", "current_schema", "current_time", "current_timestamp"),
            *("current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end"),
            *("except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group"),
            *("having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull"),
            *("join", "lateral", "leading", "left", "like", "limit", "localtime", "localtimestamp"),
            *("natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer"),
            *("overlaps", "placing", "primary", "references", "returning", "right", "select"),
            *("session_user", "similar", "some", "symmetric", "system_user", "table", "tablesample"),
            *("then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic"),
            *("verbose", "when", "where", "window", "with"),
        )
    ),
    "a reserved word of PostgreSQL",
    _KEYWORDS,
)
"""Categories R and T of ``pg_get_keywords()``, PostgreSQL 15 to 18."""
RDS_USERS = Text(
    "(?!pg_|rds_|rdsrepladmin$|rdstopmgr$|public$|none$).*",
    "a name of your own: pg_*, rds_*, public and none belong to PostgreSQL and RDS",
    f"{AWS_DOCS}AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html",
)
RDS_DATABASES = Words(
    frozenset({"postgres", "template0", "template1", "rdsadmin"}),
    "a database that PostgreSQL or RDS creates itself",
    _CREATE,
)

EngineVersion = Annotated[str, AfterValidator(VERSION)]
DatabaseName = Annotated[
    str, AfterValidator(IDENTIFIER), AfterValidator(RESERVED), AfterValidator(RDS_DATABASES)
]
MasterUsername = Annotated[
    str, AfterValidator(IDENTIFIER), AfterValidator(RESERVED), AfterValidator(RDS_USERS)
]


def major_of(version: str) -> str:
    """The major version of ``15`` and of ``15.4``."""
    return version.partition(".")[0]


def names_minor(version: str) -> bool:
    """Whether a version names its minor version, as that of an adopted instance does."""
    return "." in version
