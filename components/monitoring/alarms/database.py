"""The database: room for connections and data, quick disks, no transaction id in sight of its end."""

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
    """The names CloudWatch knows the database by."""

    settings: DatabaseSettings
    identifier: pulumi.Input[str]
    log_group_name: pulumi.Input[str]
    """Its exported PostgreSQL log."""


def database_alarms(database: DatabaseMetrics, metrics_of: str) -> Iterator[Alarm]:
    """AL4, AL5 and AL16."""
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
        description="PostgreSQL turns connections away: wrong password, unknown host, or no connection left.",
        series=Metric(namespace=metrics_of, name=FATAL_METRIC),
        threshold=FATAL_PER_5_MIN,
        severity="warning",
    )
    yield Alarm(
        id="AL5",
        slug="database-connections",
        description="Most of PostgreSQL's connections are taken.",
        series=instance("DatabaseConnections", "Maximum"),
        threshold=int(CONNECTIONS_SHARE * max_connections(instance_class)),
        severity="critical",
        periods=2,
    )
    yield strained("database-cpu", "CPU is busy.", instance("CPUUtilization"), ">", BUSY_PERCENT)
    yield strained(
        "database-storage",
        "Little storage is free.",
        instance("FreeStorageSpace"),
        "<",
        int(STORAGE_SHARE * database.settings.storage_gib * GIB),
    )
    yield strained(
        "database-memory",
        "Little memory is free.",
        instance("FreeableMemory"),
        "<",
        int(MEMORY_SHARE * memory_bytes(instance_class)),
    )
    yield strained("database-reads", "Reads are slow.", instance("ReadLatency", "p90"), ">", SLOW_READ_S)
    yield strained(
        "database-transactions",
        "Vacuum lags: transaction ids run out at two billion, and PostgreSQL stops.",
        instance("MaximumUsedTransactionIDs", "Maximum"),
        ">",
        OLDEST_TRANSACTIONS,
    )
    if burstable(instance_class):
        yield strained(
            "database-credits",
            "CPU credits run out: choose a larger class.",
            instance("CPUCreditBalance"),
            "<",
            FEW_CREDITS,
        )
