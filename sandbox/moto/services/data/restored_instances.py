"""RDS: restored instances and the states that they go through, which a test can set; moto has one state.

A restored instance is a record in moto with the settings that were asked for, without a server behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.backends import get_backend

from sandbox.moto.hooks import Asked, Params, Refused, corrects
from sandbox.moto.memory import memory

INSTANCE = "restored instance"
MANAGED = "awsbackup"
"""The type of the snapshots that AWS Backup creates."""
METADATA = {
    "DBInstanceClass": "db_instance_class",
    "DBInstanceIdentifier": "db_instance_identifier",
    "DBParameterGroupName": "db_parameter_group_name",
    "DBSubnetGroupName": "db_subnet_group_name",
    "DeletionProtection": "deletion_protection",
    "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication",
    "MultiAZ": "multi_az",
    "Port": "port",
    "PubliclyAccessible": "publicly_accessible",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
}
"""The members of a recovery point's restore metadata that are emulated, with moto's names."""
OFF = ("DeletionProtection", "MultiAZ", "PubliclyAccessible")
"""The members that are true or false and have the same name in requests to RDS."""


@dataclass(frozen=True)
class Script:
    """The states of the restores that begin while it is followed; each description shows the next one."""

    job: tuple[str, ...] = ("PENDING", "RUNNING", "COMPLETED")
    """The states of a restore job of AWS Backup; RUNNING creates the instance."""
    message: str = ""
    """The status message of a job in its last state."""
    instance: tuple[str, ...] = ("creating", "available")
    """The states of the restored instance."""
    plan: str = ""
    """The ARN of the restore testing plan that starts the job, as AWS Backup does every month."""
    ignored: tuple[str, ...] = ()
    """Members of the metadata that the job ignores."""
    differs: Params = field(default_factory=dict)
    """Members of the restored instance's description that differ from what was asked for."""


_followed: list[Script] = [Script()]


@contextmanager
def following(script: Script) -> Iterator[None]:
    """Let restores that begin in the ``with`` block go through these states."""
    _followed.append(script)
    try:
        yield
    finally:
        _followed.remove(script)


def followed() -> Script:
    """The states that a restore goes through which begins now."""
    return _followed[-1]


def snapshot(asked: Asked, arn: str, resource: str) -> None:
    """Keep the settings of the instance of a new recovery point, as a snapshot that AWS Backup owns."""
    backend, name = rds(asked), resource.rpartition(":")[2]
    if name in backend.databases:
        backend.create_db_snapshot(name, _snapshot_id(arn), snapshot_type=MANAGED)


@corrects("rds", "DescribeDBSnapshots")
def hide_managed(asked: Asked, answer: Params) -> Params:
    """Show the snapshots that AWS Backup owns only to callers who ask for their type, or for one by name."""
    if asked.params.get("SnapshotType") or asked.params.get("DBSnapshotIdentifier"):
        return answer
    found = [one for one in answer.get("DBSnapshots", []) if one.get("SnapshotType") != MANAGED]
    return {**answer, "DBSnapshots": found}


@corrects("rds", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime")
def begin(asked: Asked, answer: Params) -> Params:
    """Let the restored instance go through the states of the script."""
    name = answer["DBInstance"]["DBInstanceIdentifier"]
    _switch_off(asked, name, {METADATA[key]: asked.params[key] for key in OFF if key in asked.params})
    _follow(asked, name, followed())
    return {**answer, "DBInstance": {**answer["DBInstance"], **state(asked, name)}}


def _switch_off(asked: Asked, name: str, settings: Params) -> None:
    """Set what was asked to be off; moto keeps what is on in the source."""
    for attribute, value in settings.items():
        setattr(rds(asked).databases[name], attribute, value)


def state(asked: Asked, name: str) -> Params:
    """The next state of a restored instance; nothing for other instances."""
    kept = memory(INSTANCE, asked, name)
    if not kept:
        return {}
    now = kept["states"].pop(0) if len(kept["states"]) > 1 else kept["states"][0]
    return {**kept["differs"], "DBInstanceStatus": now}


def _follow(asked: Asked, name: str, script: Script) -> None:
    memory(INSTANCE, asked, name).update(states=list(script.instance), differs=script.differs)


def create(asked: Asked, point: str, metadata: Params, script: Script) -> None:
    """Create the instance that a restore job's metadata describe, unless it exists."""
    asked_for = {
        METADATA[key]: _value(key, text)
        for key, text in metadata.items()
        if key in METADATA and key not in script.ignored
    }
    name = asked_for["db_instance_identifier"]
    if name in rds(asked).databases:
        return
    source = source_of(asked, point)
    # moto restores from snapshots of the types automated and manual only.
    source.snapshot_type = "manual"
    try:
        rds(asked).restore_db_instance_from_db_snapshot(_snapshot_id(point), asked_for)
    finally:
        source.snapshot_type = MANAGED
    off = {METADATA[key] for key in OFF}
    _switch_off(asked, name, {key: value for key, value in asked_for.items() if key in off})
    _follow(asked, name, script)


def _value(key: str, text: str) -> Any:
    structured = text in ("true", "false") or key in ("VpcSecurityGroupIds", "Port")
    return json.loads(text) if structured else text


def _snapshot_id(arn: str) -> str:
    return arn.partition(":snapshot:")[2]


def source_of(asked: Asked, arn: str) -> Any:
    """The snapshot of a recovery point, in moto's backend."""
    found = rds(asked).database_snapshots.get(_snapshot_id(arn))
    if found is None:
        raise Refused("ResourceNotFoundException", "Recovery point not found.")
    return found


def rds(asked: Asked) -> Any:
    """moto's backend of RDS."""
    backends: Any = get_backend("rds")
    return backends[asked.account][asked.region]
