"""AWS Backup: selections and restore testing, which moto does not implement."""

from __future__ import annotations

from sandbox.moto import routes
from sandbox.moto.missing_operations import Kind, answer_from_memory

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


def install() -> None:
    """Route the paths of restore testing."""
    routes.add_path("backup", r"{0}/restore-testing/.*$")
