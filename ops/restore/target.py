"""The copy that a drill restores into, and the failure that is the drill's result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops.checks.verify.data.database import instance
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.restore.placement import Placement
from ops.restore.recovery_points import RecoveryPoint


class Failed(Stop):
    """Ends a drill with the result that the backup was not restored as it should be."""

    def __init__(self, problem: str) -> None:
        super().__init__(Exit.FINDING, problem)


@dataclass(frozen=True)
class Copy:
    """The copy that a drill creates."""

    name: str
    point: RecoveryPoint
    placement: Placement
    tags: Mapping[str, str]
    token: str
    """The idempotency token of a restore job."""


def parameter_group(context: StackContext) -> dict[str, str]:
    """The parameter group of the stack's database, which requires TLS; nothing where that is lost."""
    groups = (instance(context.aws) or {}).get("DBParameterGroups", [])
    return {"DBParameterGroupName": groups[0]["DBParameterGroupName"]} if groups else {}
