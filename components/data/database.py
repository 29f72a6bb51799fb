"""PostgreSQL on RDS: private, encrypted at rest and in transit, backed up, protected from deletion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, rds

from components.data.enhanced_monitoring import monitoring_role
from components.data.final_snapshot import final_snapshot_name
from components.kms import Keys
from components.monitoring import DatabaseMetrics
from components.network import Placement
from components.options import child_of, irreplaceable
from settings.aws.postgresql import major_of, names_minor
from settings.names import Names
from settings.schema.data import DatabaseSettings

POSTGRES_PORT = 5432
LOG_EXPORTS = ("postgresql", "upgrade", "iam-db-auth-error")
CA = "rds-ca-rsa2048-g1"
MONITORING_INTERVAL_S = 60
INSIGHTS_DAYS = 7

# Never log_statement "all": it logs passwords and rows. Parameters of slow statements are not logged either.
PARAMETERS = {
    "rds.force_ssl": "1",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_statement": "ddl",
    "log_min_duration_statement": "1000",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "pgaudit.log": "ddl,role",
}
# RDS returns rds.force_ssl as applied at a reboot, whatever was asked for.
_AT_REBOOT = frozenset({"shared_preload_libraries", "rds.force_ssl"})


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What a :class:`Database` is connected to."""

    settings: DatabaseSettings
    names: Names
    placement: Placement
    security_group_id: pulumi.Input[str]
    keys: Keys
    backed_up: bool = False
    """Whether it has the tag by which a backup plan selects it."""
    values: Mapping[str, pulumi.Output[str]]
    """Current secret values by short name; one is the master password where the settings name it.

    Otherwise RDS creates and rotates the master password.
    """


def _version(settings: DatabaseSettings) -> pulumi.ResourceOptions:
    """Options that ignore a minor version after the creation: RDS upgrades it, and refuses an older one."""
    pinned = names_minor(settings.engine_version)
    return pulumi.ResourceOptions(ignore_changes=["engineVersion"] if pinned else None)


class Database(pulumi.ComponentResource):
    """One PostgreSQL instance."""

    address: pulumi.Output[str]
    """Host name inside the VPC."""
    port: pulumi.Output[int]
    master_secret_arn: pulumi.Output[str] | None
    """ARN of the master secret that RDS manages; None where a declared secret holds the password."""
    arn: pulumi.Output[str]
    identifier: pulumi.Output[str]
    database_name: str
    subnet_group_name: pulumi.Output[str]
    """The group of the isolated subnets."""
    parameter_group_name: pulumi.Output[str]
    metrics: DatabaseMetrics
    """Identifier and log group of the instance, from which the database alarms are made."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Database", name, None, opts)
        self._args, part = args, child_of(self)
        settings = args.settings
        identifier = args.names.part("rds")
        log_groups = self._log_groups(identifier)
        secret = settings.password_secret
        managed = secret is None
        subnets = rds.SubnetGroup(
            f"{name}-subnets",
            name=args.names.part("isolated"),
            description="Isolated subnets without a default route",
            subnet_ids=list(args.placement.subnet_ids),
            opts=part,
        )
        parameters = self._parameters()
        instance = rds.Instance(
            f"{name}-instance",
            identifier=identifier,
            engine="postgres",
            engine_version=settings.engine_version,
            instance_class=settings.instance_class,
            allocated_storage=settings.storage_gib,
            max_allocated_storage=settings.max_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.keys.arns["data"],
            db_name=settings.name,
            port=POSTGRES_PORT,
            username=settings.username,
            manage_master_user_password=True if managed else None,
            master_user_secret_kms_key_id=args.keys.arns["data"] if managed else None,
            password=None if secret is None else args.values[secret],
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[args.security_group_id],
            publicly_accessible=False,
            multi_az=settings.multi_az,
            parameter_group_name=parameters.name,
            ca_cert_identifier=CA,
            iam_database_authentication_enabled=True,
            backup_retention_period=settings.backup_retention_days,
            backup_window=settings.backup_window,
            maintenance_window=settings.maintenance_window,
            delete_automated_backups=False,
            deletion_protection=settings.deletion_protection,
            skip_final_snapshot=settings.skip_final_snapshot,
            final_snapshot_identifier=final_snapshot_name(
                self, identifier, {"engine": "postgres", "name": settings.name, "username": settings.username}
            ),
            copy_tags_to_snapshot=True,
            tags=dict([args.names.backup_tag]) if args.backed_up else None,
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=False,
            apply_immediately=False,
            enabled_cloudwatch_logs_exports=list(LOG_EXPORTS),
            monitoring_interval=MONITORING_INTERVAL_S,
            monitoring_role_arn=monitoring_role(self, args.names).arn,
            database_insights_mode="standard",
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.keys.arns["data"],
            performance_insights_retention_period=INSIGHTS_DAYS,
            # RDS would create missing log groups itself, unencrypted and without retention.
            opts=pulumi.ResourceOptions.merge(irreplaceable(self, log_groups), _version(settings)),
        )
        self.arn, self.identifier = instance.arn, instance.identifier
        self.database_name = settings.name
        self.address, self.port = instance.address, instance.port
        self.subnet_group_name, self.parameter_group_name = subnets.name, parameters.name
        self.master_secret_arn = instance.master_user_secrets[0].secret_arn if managed else None
        self.metrics = DatabaseMetrics(
            settings=settings,
            identifier=identifier,
            log_group_name=log_groups[LOG_EXPORTS.index("postgresql")].name,
        )
        self.register_outputs({"address": self.address, "identifier": identifier})

    def _log_groups(self, identifier: str) -> list[cloudwatch.LogGroup]:
        return [
            cloudwatch.LogGroup(
                f"{self.pulumi_resource_name}-{export}",
                name=f"/aws/rds/instance/{identifier}/{export}",
                retention_in_days=self._args.settings.log_days,
                kms_key_id=self._args.keys.arns["logs"],
                opts=child_of(self),
            )
            for export in LOG_EXPORTS
        ]

    def _parameters(self) -> rds.ParameterGroup:
        major = major_of(self._args.settings.engine_version)
        return rds.ParameterGroup(
            f"{self.pulumi_resource_name}-parameters",
            # The family is in the name: a major upgrade needs a second group while the first is in use.
            name=self._args.names.part(f"postgres{major}"),
            family=f"postgres{major}",
            description="TLS only, audited, no values in the log",
            parameters=[
                rds.ParameterGroupParameterArgs(
                    name=key,
                    value=value,
                    apply_method="pending-reboot" if key in _AT_REBOOT else "immediate",
                )
                for key, value in PARAMETERS.items()
            ],
            opts=child_of(self),
        )
