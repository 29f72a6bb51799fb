"""Tells the engines of RDS apart: their logs, ports, parameters for TLS, and versions."""

from __future__ import annotations

from rules.pack.properties import Props, word

POSTGRES = "postgres"
_FAMILIES = ("postgres", "mysql", "mariadb", "oracle", "sqlserver", "db2")
LOGS = {
    "postgres": frozenset({"postgresql", "upgrade"}),
    "mysql": frozenset({"error", "general", "slowquery"}),
    "mariadb": frozenset({"error", "general", "slowquery"}),
    "oracle": frozenset({"alert", "audit", "listener", "trace"}),
    "sqlserver": frozenset({"agent", "error"}),
    "db2": frozenset({"diag.log", "notify.log"}),
}
"""The logs that an engine can export and that contain no more than the engine writes by default."""
PORTS = {"postgres": 5432, "mysql": 3306, "mariadb": 3306, "oracle": 1521, "sqlserver": 1433, "db2": 50000}
TLS_PARAMETERS = {
    "postgres": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
    "mysql": "require_secure_transport",
    "mariadb": "require_secure_transport",
}
"""The parameter that makes an engine refuse connections without TLS; others use an option group."""
WITH_IAM = frozenset({"postgres", "mysql", "mariadb"})
_FIRST_TWO_PART_MAJOR = 10
"""Until PostgreSQL 10 the first two numbers were the major version."""


def engine(db: Props) -> str:
    """The engine of a database, without its edition; PostgreSQL when it is not given."""
    given = word(db, "engine").removeprefix("custom-").removeprefix("aurora-")
    return next((family for family in _FAMILIES if given.startswith(family)), given or POSTGRES)


def version(db: Props) -> tuple[int, ...]:
    """The numbers of a version; empty when it is not given."""
    numbers: list[int] = []
    for piece in word(db, "engineVersion").split("-")[0].split("."):
        if not piece.isdecimal():
            break
        numbers.append(int(piece))
    return tuple(numbers)


def major_and_minor(db: Props) -> tuple[tuple[int, ...], int | None]:
    """PostgreSQL's major version and its minor version; a major version alone means the newest minor one."""
    numbers = version(db)
    length = 2 if numbers and numbers[0] < _FIRST_TWO_PART_MAJOR else 1
    return numbers[:length], numbers[length] if len(numbers) > length else None
