"""AWS Backup of the database: a daily recovery point, locked in its vault, and a copy in another region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import backup

from components.data.backup_roles import backup_role
from components.data.backup_vault import BackupVault, BackupVaultArgs
from components.data.database import Database
from components.data.restore_testing import RestoreTesting, RestoreTestingArgs
from components.kms import Keys, backup_copy_key
from components.monitoring import BackupMetrics
from components.network import Placement
from components.options import child_of, unprotected_child
from settings.names import Names
from settings.schema.data import BackupSettings
from settings.schema.secrets import SecretSettings

DAILY = "cron(0 6 * * ? *)"
"""After the windows in which RDS makes its own backups and is maintained: AWS Backup cannot start in them."""
START_WINDOW_MIN, COMPLETION_WINDOW_MIN = 60, 360


@dataclass(frozen=True, kw_only=True)
class BackupArgs:
    """What is backed up, for how long, and who administers the vaults."""

    names: Names
    settings: BackupSettings
    administrators: Sequence[str]
    """ARN patterns of the roles that administer keys and vaults."""
    database: Database
    encrypting: SecretSettings | None
    """The secret whose keyring decrypts the encrypted columns; None where there are none."""
    secret_arns: Mapping[str, pulumi.Input[str]]
    """ARNs of the secrets by their names in the store."""
    placement: Placement
    """The isolated subnets, into which restore tests restore."""
    security_group_ids: Mapping[str, pulumi.Input[str]]
    keys: Keys
    log_days: int
    code: Mapping[str, pulumi.Archive]
    """The packages of the two functions of the restore test, by package."""


class Backup(pulumi.ComponentResource):
    """The vaults, the backup plan, its selection by tag, and the restore test."""

    metrics: BackupMetrics
    """The vault and the restore test, from which their alarms are made."""

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Backup", name, None, opts)
        names, settings, keys = args.names, args.settings, args.keys
        vault = self._vault(name, args, keys.arns["backup"])
        vaults, key_arns, regions = [vault], [keys.arns["data"], keys.arns["backup"]], [names.region]
        if settings.copy_region is not None:
            key = backup_copy_key(
                self,
                f"{name}-copy",
                names=names,
                region=settings.copy_region,
                administrators=args.administrators,
            )
            vaults.append(self._vault(f"{name}-copy", args, key.arn, settings.copy_region))
            key_arns.append(key.arn)
            regions.append(settings.copy_region)
        role = backup_role(
            self,
            names=names,
            database_arn=args.database.arn,
            vault_arns=[one.arn for one in vaults],
            key_arns=key_arns,
            regions=regions,
        )
        plan = backup.Plan(
            f"{name}-plan",
            name=names.part("daily"),
            rules=[
                backup.PlanRuleArgs(
                    rule_name="daily",
                    target_vault_name=vault.name,
                    schedule=DAILY,
                    start_window=START_WINDOW_MIN,
                    completion_window=COMPLETION_WINDOW_MIN,
                    # RDS keeps its own continuous backups, whose retention AWS Backup would take over.
                    enable_continuous_backup=False,
                    lifecycle=backup.PlanRuleLifecycleArgs(delete_after=settings.retention_days),
                    copy_actions=[
                        backup.PlanRuleCopyActionArgs(
                            destination_vault_arn=copy.arn,
                            lifecycle=backup.PlanRuleCopyActionLifecycleArgs(
                                delete_after=settings.retention_days
                            ),
                        )
                        for copy in vaults[1:]
                    ],
                )
            ],
            opts=unprotected_child(self),
        )
        key, value = names.backup_tag
        backup.Selection(
            f"{name}-selection",
            name=names.part("tagged"),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            selection_tags=[backup.SelectionSelectionTagArgs(type="STRINGEQUALS", key=key, value=value)],
            # They have the tags of the database.
            not_resources=list(names.restored_databases),
            opts=unprotected_child(self),
        )
        test = RestoreTesting(
            f"{name}-test",
            RestoreTestingArgs(
                names=names,
                settings=settings,
                vault_arn=vault.arn,
                database=args.database,
                encrypting=args.encrypting,
                secret_arns=args.secret_arns,
                placement=args.placement,
                security_group_ids=args.security_group_ids,
                keys=keys,
                log_days=args.log_days,
                code=args.code,
            ),
            unprotected_child(self),
        )
        self.metrics = BackupMetrics(
            vault_name=vault.name,
            vault_arn=vault.arn,
            restore_testing_plan_arn=test.plan_arn,
            namespace=test.metric_namespace,
            functions=test.functions,
            rules=test.rules,
        )
        self.register_outputs({"vaultName": vault.name})

    def _vault(
        self, name: str, args: BackupArgs, key_arn: pulumi.Input[str], region: str | None = None
    ) -> BackupVault:
        return BackupVault(
            name,
            BackupVaultArgs(
                names=args.names,
                settings=args.settings,
                key_arn=key_arn,
                administrators=args.administrators,
                region=region,
            ),
            child_of(self),
        )
