"""Tests of BackupVault in an emulated account: its lock outlasts a change of its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox import Sandbox
from tests.sandbox.toy import project, sandbox, write

VAULT = """
from components.data.backup_vault import BackupVault, BackupVaultArgs
from settings import read_stack_file
from settings.schema.data import BackupSettings

BackupVault(
    "backup",
    BackupVaultArgs(
        names=read_stack_file("staging").names,
        settings=BackupSettings(retentionDays=35, lockMode="GOVERNANCE", tables={"lib_entries": 1}),
        key_arn="arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000",
        administrators=["arn:aws:iam::111122223333:role/admin"],
    ),
)
"""


def vaults(here: Sandbox) -> list[Any]:
    return here.client("backup").list_backup_vaults()["BackupVaultList"]


def test_a_vault_stays_locked_while_its_retention_changes(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, VAULT)) as here:
        assert here.up().exit_code == 0
        write(tmp_path, VAULT.replace("retentionDays=35", "retentionDays=60"))
        changed = here.up()
        assert changed.exit_code == 0, changed.error
        (vault,) = vaults(here)
        assert (vault["Locked"], vault["MinRetentionDays"]) == (True, 60)
