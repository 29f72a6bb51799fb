"""AWS Backup: selections, vault policies, restore testing and recovery points, which moto lacks."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sandbox.moto import routes
from sandbox.moto.hooks import Asked, Params, answers
from sandbox.moto.memory import every, memory
from sandbox.moto.missing_operations import Kind, answer_from_memory
from sandbox.moto.services.data import restored_instances

answer_from_memory(
    Kind(
        "backup",
        ("BackupPlanId", "SelectionId"),
        create="CreateBackupSelection",
        reads="GetBackupSelection ListBackupSelections",
        delete="DeleteBackupSelection",
    ),
    Kind(
        "backup",
        ("BackupVaultName",),
        create="PutBackupVaultAccessPolicy",
        reads="GetBackupVaultAccessPolicy",
        delete="DeleteBackupVaultAccessPolicy",
    ),
    Kind(
        "backup",
        ("RestoreTestingPlanName",),
        create="CreateRestoreTestingPlan",
        modify="UpdateRestoreTestingPlan",
        reads="GetRestoreTestingPlan ListRestoreTestingPlans",
        delete="DeleteRestoreTestingPlan",
        arn="arn:aws:backup:{region}:{account}:restore-testing-plan:{id}",
    ),
    Kind(
        "backup",
        ("RestoreTestingPlanName", "RestoreTestingSelectionName"),
        create="CreateRestoreTestingSelection",
        modify="UpdateRestoreTestingSelection",
        reads="GetRestoreTestingSelection ListRestoreTestingSelections",
        delete="DeleteRestoreTestingSelection",
    ),
)


@answers("backup", "StartBackupJob")
def back_up(asked: Asked) -> Params:
    """Make a recovery point of a resource at once."""
    job, made = str(uuid.uuid4()), datetime.now(UTC)
    arn = f"arn:aws:rds:{asked.region}:{asked.account}:snapshot:awsbackup:job-{job}"
    memory("recovery point", asked, arn).update(
        RecoveryPointArn=arn,
        ResourceArn=asked.params["ResourceArn"],
        BackupVaultName=asked.params["BackupVaultName"],
        CreationDate=made,
        Status="COMPLETED",
    )
    restored_instances.snapshot(asked, arn, asked.params["ResourceArn"])
    return {"BackupJobId": job, "RecoveryPointArn": arn, "CreationDate": made}


@answers("backup", "ListRecoveryPointsByResource")
def recovery_points(asked: Asked) -> dict[str, Any]:
    """List the recovery points of a resource."""
    found = [kept for _, kept in every("recovery point", asked)]
    return {"RecoveryPoints": [one for one in found if one["ResourceArn"] == asked.params["ResourceArn"]]}


def install() -> None:
    """Route the paths of vault policies, restore testing, backup jobs and recovery points."""
    routes.add_path("backup", r"{0}/backup-vaults/(?P<name>[^/]+)/access-policy$")
    routes.add_path("backup", r"{0}/restore-testing/(?P<rest>.+)$")
    routes.add_path("backup", r"{0}/backup-jobs/?$")
    routes.add_path("backup", r"{0}/resources/(?P<arn>.+)/recovery-points/$")
