"""Restores the latest recovery point every month, into the isolated subnets, and checks its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import backup, cloudwatch

from components.data.backup_roles import restore_role
from components.data.database import Database
from components.data.restore_check import RestoreCheck, RestoreCheckArgs
from components.functions import Function, FunctionArgs, invoke
from components.kms import Keys
from components.monitoring.log_filters import namespace
from components.network import Placement
from components.options import child_of
from iam_documents import allow
from settings.connections import RESTORE_CHECK, RESTORED
from settings.names import Names
from settings.schema.data import BackupSettings
from settings.schema.secrets import SecretSettings

MONTHLY = "cron(0 8 1 * ? *)"
SELECTION_WINDOW_DAYS = 7
"""How old the restored recovery point may be: an older one would not test this month's backups."""
START_WINDOW_H, VALIDATION_WINDOW_H = 4, 4
"""Hours in which the restore starts, and in which the restored database waits for its validation."""
TIMEOUT_S, CONCURRENCY = 720, 1
"""Longer than the function that it invokes may run."""
RESTORED_RULE = "database-restored"
"""Name of the event rule, after the application's prefix."""


@dataclass(frozen=True, kw_only=True)
class RestoreTestingArgs:
    """What is restored and checked."""

    names: Names
    settings: BackupSettings
    vault_arn: pulumi.Input[str]
    database: Database
    encrypting: SecretSettings | None
    """The secret whose keyring decrypts the encrypted columns; None where there are none."""
    secret_arns: Mapping[str, pulumi.Input[str]]
    """ARNs of the secrets by their names in the store."""
    placement: Placement
    """The isolated subnets."""
    security_group_ids: Mapping[str, pulumi.Input[str]]
    """Groups by participant: that of restored databases admits only the function that checks them."""
    keys: Keys
    log_days: int
    code: Mapping[str, pulumi.Archive]
    """The packages of the two functions, by package."""


class RestoreTesting(pulumi.ComponentResource):
    """The restore testing plan, and the function that reports whether the restored data are complete."""

    plan_arn: pulumi.Output[str]
    metric_namespace: str
    functions: Mapping[str, pulumi.Output[str]]
    """Names of the functions, by what they do."""
    rules: Sequence[str]
    """Names of the event rules, after the application's prefix."""

    def __init__(
        self, name: str, args: RestoreTestingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("strongroom:index:RestoreTesting", name, None, opts)
        self._args, part = args, child_of(self)
        self.metric_namespace = namespace(args.names.prefix, "Hygiene")
        names, database = args.names, args.database
        role = restore_role(
            self,
            names=names,
            subnet_group_name=database.subnet_group_name,
            parameter_group_name=database.parameter_group_name,
            key_arns=[args.keys.arns["data"], args.keys.arns["backup"]],
        )
        plan = backup.RestoreTestingPlan(
            f"{name}-plan",
            name=names.restore_testing_plan,
            schedule_expression=MONTHLY,
            start_window_hours=START_WINDOW_H,
            recovery_point_selection=backup.RestoreTestingPlanRecoveryPointSelectionArgs(
                algorithm="LATEST_WITHIN_WINDOW",
                include_vaults=[args.vault_arn],
                recovery_point_types=["SNAPSHOT"],
                selection_window_days=SELECTION_WINDOW_DAYS,
            ),
            opts=part,
        )
        self.plan_arn = plan.arn
        check = self._check(name)
        function = self._function(f"{name}-validate", check)
        backup.RestoreTestingSelection(
            f"{name}-selection",
            name=f"{names.restore_testing_plan}_database",
            restore_testing_plan_name=plan.name,
            protected_resource_type="RDS",
            protected_resource_arns=[database.arn],
            iam_role_arn=role.arn,
            validation_window_hours=VALIDATION_WINDOW_H,
            # Without them RDS restores into the default VPC, and without IAM authentication.
            restore_metadata_overrides={
                "dbSubnetGroupName": database.subnet_group_name,
                "vpcSecurityGroupIds": pulumi.Output.json_dumps([args.security_group_ids[RESTORED.name]]),
                "dbParameterGroupName": database.parameter_group_name,
                "enableIAMDatabaseAuthentication": "true",
                "multiAz": "false",
            },
            opts=part,
        )
        self._invoke_after_restores(name, function)
        self.functions = {"validate-restore": function.name, "check-restored-database": check.name}
        self.rules = [RESTORED_RULE]
        self.register_outputs({"planArn": self.plan_arn})

    def _check(self, name: str) -> RestoreCheck:
        args = self._args
        return RestoreCheck(
            f"{name}-check",
            RestoreCheckArgs(
                names=args.names,
                settings=args.settings,
                database_name=args.database.database_name,
                encrypting=args.encrypting,
                secret_arns=args.secret_arns,
                placement=args.placement,
                security_group_id=args.security_group_ids[RESTORE_CHECK.name],
                keys=args.keys,
                log_days=args.log_days,
                code=args.code["check_restored_database"],
            ),
            child_of(self),
        )

    def _function(self, name: str, check: RestoreCheck) -> Function:
        args, names = self._args, self._args.names
        return Function(
            name,
            FunctionArgs(
                names=names,
                what="validate-restore",
                description="Reports to AWS Backup whether a restored database is complete",
                code=args.code["validate_restore"],
                handler="validate_restore.handler.handler",
                timeout_s=TIMEOUT_S,
                concurrency=CONCURRENCY,
                environment={
                    "CHECK_FUNCTION": check.name,
                    "METRIC_NAMESPACE": self.metric_namespace,
                },
                statements=[
                    allow("lambda:InvokeFunction", check.arn),
                    # Restore jobs have no ARN, and the name of a restored database is not known beforehand.
                    allow(("backup:DescribeRestoreJob", "backup:PutRestoreValidationResult"), "*"),
                    allow("rds:DescribeDBInstances", names.restored_databases[0]),
                    allow(
                        "cloudwatch:PutMetricData",
                        "*",  # takes no resource
                        {"StringEquals": {"cloudwatch:namespace": self.metric_namespace}},
                    ),
                ],
                keys=args.keys,
                log_days=args.log_days,
            ),
            child_of(self),
        )

    def _invoke_after_restores(self, name: str, function: Function) -> None:
        names, part = self._args.names, child_of(self)
        rule = cloudwatch.EventRule(
            f"{name}-restored",
            name=names.part(RESTORED_RULE),
            description="A restore test has restored the database: check its content",
            event_pattern=pulumi.Output.json_dumps(
                {
                    "source": ["aws.backup"],
                    "detail-type": ["Restore Job State Change"],
                    "detail": {"status": ["COMPLETED"], "restoreTestingPlanArn": [self.plan_arn]},
                }
            ),
            state="ENABLED",
            opts=part,
        )
        invoke(f"{name}-validate", f"{name}-restored", rule=rule, function=function, names=names, opts=part)
