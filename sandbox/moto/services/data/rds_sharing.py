"""RDS: zero-ETL integrations and backups replicated to another region, which moto does not implement."""

from __future__ import annotations

from dataclasses import replace

from sandbox.moto.hooks import Asked, Params, answers
from sandbox.moto.memory import memory
from sandbox.moto.missing_operations import Kind, answer_from_memory

REPLICATIONS = "DBInstanceAutomatedBackupsReplications"

answer_from_memory(
    Kind(
        "rds",
        ("IntegrationName",),
        create="CreateIntegration",
        reads="DescribeIntegrations",
        delete="DeleteIntegration",
        also=(("IntegrationName", "IntegrationIdentifier"),),
        arn="arn:aws:rds:{region}:{account}:integration:{id}",
        fixed=(("Status", "active"),),
    ),
)


def _source(asked: Asked) -> Params:
    """What is stored of the instance, in its own region."""
    arn = asked.params["SourceDBInstanceArn"].split(":")
    return memory("database", replace(asked, region=arn[3]), arn[6])


@answers("rds", "StartDBInstanceAutomatedBackupsReplication")
def replicate_backups(asked: Asked) -> Params:
    """Replicate the backups of an instance to the region of the call."""
    arn = f"arn:aws:rds:{asked.region}:{asked.account}:auto-backup:ab-sandbox"
    copy = {"DBInstanceAutomatedBackupsArn": arn}
    _source(asked)[REPLICATIONS] = [copy]
    return {"DBInstanceAutomatedBackup": {**copy, "Region": asked.region}}


@answers("rds", "StopDBInstanceAutomatedBackupsReplication")
def stop_replicating_backups(asked: Asked) -> Params:
    """Stop the replication."""
    _source(asked).pop(REPLICATIONS, None)
    return {"DBInstanceAutomatedBackup": {}}
