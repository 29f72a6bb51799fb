"""What AWS lets somebody attach to each declared resource type, or share from it, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ops.checks.verify.attachments.row import Row
from ops.checks.verify.attachments.table import (
    alarms,
    audit,
    backup,
    containers,
    data,
    edge,
    functions,
    host,
    iam,
    integration,
    logs,
    secrets,
    storage,
    systems_manager,
)
from ops.checks.verify.attachments.table.vpc import connections, name_resolution, subnets, traffic

_MODULES = (
    *(
        secrets,
        data,
        backup,
        containers,
        functions,
        iam,
        storage,
        logs,
        alarms,
        audit,
        edge,
        host,
        systems_manager,
        integration,
    ),
    *(connections, name_resolution, traffic, subnets),
)


def _merged() -> dict[str, tuple[Row, ...]]:
    found: dict[str, tuple[Row, ...]] = {}
    for module in _MODULES:
        for type_, rows in module.ROWS.items():
            found[type_] = (*found.get(type_, ()), *rows)
    return found


TABLE: Mapping[str, Sequence[Row]] = _merged()
"""By the type's name in Pulumi; a test fails for a type of the program that is not here."""
