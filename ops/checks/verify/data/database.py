"""Checks the RDS instance: subnets, encryption, TLS, parameters, backups, logs and monitoring."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.data.parameters import parameters_of
from ops.checks.verify.data.restored import undeclared
from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, Item
from settings.schema.data import MIN_BACKUP_DAYS, DatabaseSettings

CA = "rds-ca-rsa2048-g1"
MONITORING_INTERVAL_S = 60
LOGS = frozenset({"postgresql", "upgrade", "iam-db-auth-error"})
# Repeated here instead of imported from the program, so that a change there is found here.
PARAMETERS = {
    "log_connections": ("1", "on"),
    "log_disconnections": ("1", "on"),
    "log_statement": ("ddl",),
    "log_min_duration_statement": ("1000",),
    "log_parameter_max_length": ("0",),
    "log_parameter_max_length_on_error": ("0",),
}
PRELOADED = "pgaudit"
_SNAPSHOT = "restore from an encrypted copy of a snapshot: it cannot be enabled in place"


def instance(aws: AwsState) -> Item | None:
    """The RDS instance with the stack's name."""
    every = aws.list("rds", "describe_db_instances", "DBInstances")
    return next((one for one in every if one["DBInstanceIdentifier"] == aws.names.part("rds")), None)


def _running(aws: AwsState) -> Iterator[tuple[DatabaseSettings, Item, str]]:
    """The declared database and its instance; empty where there is no instance."""
    one = instance(aws)
    if one is not None and aws.settings.database is not None:
        yield aws.settings.database, one, one["DBInstanceIdentifier"]


@check("database-present", "A15", "A18", "A19", "A33", "A42")
def present(aws: AwsState) -> Iterator[Problem]:
    """The declared database is available, and no other instance is in the stack's VPC."""
    name, one = aws.names.part("rds"), instance(aws)
    if aws.settings.database is None:
        pass
    elif one is None:
        yield Problem(name, "does not exist", BY_PROGRAM)
    elif one["DBInstanceStatus"] != "available":
        yield Problem(
            name,
            f"is {one['DBInstanceStatus']}",
            "wait until it is available, or read its events in the RDS console",
        )
    yield from undeclared(aws)


@check("database-private", "A19", "A20", "A38")
def private(aws: AwsState) -> Iterator[Problem]:
    """The database has no public address, and is in the isolated subnets with its own security group."""
    for _, one, name in _running(aws):
        if one.get("PubliclyAccessible") is not False:
            yield Problem(name, "is publicly accessible", BY_PROGRAM)
        isolated = {subnet["SubnetId"] for subnet in subnets(aws, "isolated")}
        here = {subnet["SubnetIdentifier"] for subnet in one.get("DBSubnetGroup", {}).get("Subnets", [])}
        if not here or here - isolated:
            yield Problem(
                name, f"is not in the isolated subnets only ({_listed(here - isolated)})", BY_PROGRAM
            )
        ids = {group["VpcSecurityGroupId"] for group in one.get("VpcSecurityGroups", [])}
        wanted = {
            group["GroupId"]
            for group in aws.in_vpc("describe_security_groups", "SecurityGroups")
            if group["GroupName"] == name
        }
        if ids != wanted:
            yield Problem(name, f"its security groups are {_listed(ids)}, not {name} alone", BY_PROGRAM)


@check("database-encrypted", "A15", "A16", "A36")
def encrypted(aws: AwsState) -> Iterator[Problem]:
    """The data key encrypts the storage and the master secret."""
    alias = aws.names.key_alias("data")
    for settings, one, name in _running(aws):
        if one.get("StorageEncrypted") is not True:
            yield Problem(name, "its storage is not encrypted", _SNAPSHOT)
        elif not aws.is_key(one.get("KmsKeyId"), "data"):
            yield Problem(name, f"its storage is not encrypted with {alias}", _SNAPSHOT)
        if settings.password_secret is None:
            master = one.get("MasterUserSecret") or {}
            if not master.get("SecretArn"):
                yield Problem(name, "RDS does not manage its master password", BY_PROGRAM)
            elif not aws.is_key(master.get("KmsKeyId"), "data"):
                yield Problem(name, f"its master secret is not encrypted with {alias}", BY_PROGRAM)


@check("database-tls", "A18", "A37")
def tls(aws: AwsState) -> Iterator[Problem]:
    """The database requires TLS, and its certificate is of the declared CA."""
    for _, one, name in _running(aws):
        if parameters_of(aws, one).get("rds.force_ssl") != "1":
            yield Problem(name, "rds.force_ssl is not 1: it accepts connections without TLS", BY_PROGRAM)
        if one.get("CACertificateIdentifier") != CA:
            yield Problem(name, f"its CA is {one.get('CACertificateIdentifier')}, not {CA}", BY_PROGRAM)


@check("database-parameters", "A52")
def parameters(aws: AwsState) -> Iterator[Problem]:
    """The database logs connections and DDL, loads pgAudit, and logs no parameter values."""
    for _, one, name in _running(aws):
        found = parameters_of(aws, one)
        for key, wanted in PARAMETERS.items():
            if found.get(key) not in wanted:
                shown = found.get(key, "unset")
                yield Problem(name, f"parameter {key} is {shown}, not {wanted[0]}", BY_PROGRAM)
        if PRELOADED not in found.get("shared_preload_libraries", "").split(","):
            yield Problem(name, f"{PRELOADED} is not in shared_preload_libraries", BY_PROGRAM)
        for group in one.get("DBParameterGroups", []):
            if group.get("ParameterApplyStatus") not in (None, "in-sync"):
                status = group["ParameterApplyStatus"]
                yield Problem(name, f"its parameter group is {status}", "reboot it in a maintenance window")


@check("database-backups", "A42")
def backups(aws: AwsState) -> Iterator[Problem]:
    """Backups are kept as long as declared and at least seven days; deletion protection is as declared."""
    for settings, one, name in _running(aws):
        days = one.get("BackupRetentionPeriod", 0)
        if days < max(settings.backup_retention_days, MIN_BACKUP_DAYS):
            yield Problem(
                name,
                f"keeps backups for {days} days, declared are {settings.backup_retention_days}",
                BY_PROGRAM,
            )
        if settings.deletion_protection and one.get("DeletionProtection") is not True:
            yield Problem(name, "its deletion protection is off", BY_PROGRAM)
        if one.get("CopyTagsToSnapshot") is not True:
            yield Problem(name, "does not copy its tags to snapshots", BY_PROGRAM)


@check("database-multi-az", "A19", "A52")
def multi_az(aws: AwsState) -> Iterator[Problem]:
    """A standby in another zone exists where the stack declares one."""
    for settings, one, name in _running(aws):
        if settings.multi_az and one.get("MultiAZ") is not True:
            yield Problem(name, "has no standby in another zone (Multi-AZ is off)", BY_PROGRAM)


@check("database-operation", "A40", "A52")
def operation(aws: AwsState) -> Iterator[Problem]:
    """Log exports, monitoring, IAM authentication, master user and minor upgrades are as declared."""
    for settings, one, name in _running(aws):
        missing = LOGS - set(one.get("EnabledCloudwatchLogsExports", []))
        if missing:
            yield Problem(name, f"does not export the log {_listed(missing)}", BY_PROGRAM)
        if one.get("IAMDatabaseAuthenticationEnabled") is not True:
            yield Problem(name, "IAM database authentication is off", BY_PROGRAM)
        if one.get("MonitoringInterval") != MONITORING_INTERVAL_S:
            seconds = one.get("MonitoringInterval")
            yield Problem(
                name, f"its monitoring interval is {seconds} s, not {MONITORING_INTERVAL_S} s", BY_PROGRAM
            )
        if one.get("MasterUsername") != settings.username:
            yield Problem(
                name,
                f"its master user is not {settings.username}",
                "set database.username, or restore with that master user",
            )
        if one.get("AutoMinorVersionUpgrade") is not True:
            yield Problem(name, "automatic minor version upgrades are off", BY_PROGRAM)


@check("database-insights", "A16", "A52")
def insights(aws: AwsState) -> Iterator[Problem]:
    """Performance Insights is on, and the data key encrypts it."""
    for _, one, name in _running(aws):
        if one.get("PerformanceInsightsEnabled") is not True:
            yield Problem(name, "Performance Insights is off", BY_PROGRAM)
        elif not aws.is_key(one.get("PerformanceInsightsKMSKeyId"), "data"):
            alias = aws.names.key_alias("data")
            yield Problem(name, f"its Performance Insights are not encrypted with {alias}", BY_PROGRAM)


def _listed(ids: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(ids)) or "none"
