"""Alarms on the database: connections, CPU, storage, memory, latency and transaction ID wraparound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pulumi

from components.monitoring.alarm import Alarm, Metric
from settings.schema.capacity import GIB, burstable, max_connections, memory_bytes
from settings.schema.data import DatabaseSettings

FATAL_METRIC = "RdsFatal"
FATAL_PER_5_MIN = 5
CONNECTIONS_SHARE, STORAGE_SHARE, MEMORY_SHARE = 0.8, 0.15, 0.1
BUSY_PERCENT = 80
SLOW_READ_S = 0.02
OLDEST_TRANSACTIONS = 1_000_000_000
FEW_CREDITS = 30


@dataclass(frozen=True, kw_only=True)
class DatabaseMetrics:
    """Settings, identifier and log group of the database."""

    settings: DatabaseSettings
    identifier: pulumi.Input[str]
    log_group_name: pulumi.Input[str]
    """Name of the log group of the exported PostgreSQL log."""


def database_alarms(database: DatabaseMetrics, metrics_of: str) -> Iterator[Alarm]:
    """Yield the alarms on the database."""
    instance_class = database.settings.instance_class

    def instance(name: str, stat: str = "Average") -> Metric:
        dimensions = {"DBInstanceIdentifier": database.identifier}
        return Metric(namespace="AWS/RDS", name=name, dimensions=dimensions, stat=stat)

    def strained(
        slug: str, description: str, series: Metric, compare: Literal[">", "<"], threshold: float
    ) -> Alarm:
        return Alarm(
            id="AL16",
            slug=slug,
            description=description,
            series=series,
            compare=compare,
            threshold=threshold,
            severity="warning",
            periods=3,
        )

    yield Alarm(
        id="AL4",
        slug="database-refuses",
        description="PostgreSQL rejects connections: wrong password, unknown host, or no connection left.",
        series=Metric(namespace=metrics_of, name=FATAL_METRIC),
        threshold=FATAL_PER_5_MIN,
        severity="warning",
    )
    yield Alarm(
        id="AL5",
        slug="database-connections",
        description="Most of PostgreSQL's connections are in use.",
        series=instance("DatabaseConnections", "Maximum"),
        threshold=int(CONNECTIONS_SHARE * max_connections(instance_class)),
        severity="critical",
        periods=2,
    )
    yield strained(
        "database-cpu", "Database CPU usage is high.", instance("CPUUtilization"), ">", BUSY_PERCENT
    )
    yield strained(
        "database-storage",
        "Free database storage is low.",
        instance("FreeStorageSpace"),
        "<",
        int(STORAGE_SHARE * database.settings.storage_gib * GIB),
    )
    yield strained(
        "database-memory",
        "Free database memory is low.",
        instance("FreeableMemory"),
        "<",
        int(MEMORY_SHARE * memory_bytes(instance_class)),
    )
    yield strained(
        "database-reads", "Database reads are slow.", instance("ReadLatency", "p90"), ">", SLOW_READ_S
    )
    yield strained(
        "database-transactions",
        "Vacuum is behind: PostgreSQL stops when transaction ids run out, at two billion.",
        instance("MaximumUsedTransactionIDs", "Maximum"),
        ">",
        OLDEST_TRANSACTIONS,
    )
    if burstable(instance_class):
        yield strained(
            "database-credits",
            "Database CPU credits run out: choose a larger instance class.",
            instance("CPUCreditBalance"),
            "<",
            FEW_CREDITS,
        )
