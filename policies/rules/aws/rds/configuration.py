"""RDS configuration: logs, certificate authority, engine version, monitoring, port and names."""

from __future__ import annotations

from rules.lib.deprecations import read
from rules.lib.rds_engines import LOGS, PORTS, POSTGRES, WITH_IAM, engine, major_and_minor
from rules.lib.resource_types import RDS_INSTANCE
from rules.pack.properties import Props, number, on, own_key, text, values
from rules.pack.rule import A, M, P, resource_rule

_LISTS = read()
_SUPPORT, _AUTHORITIES = _LISTS["rds_postgresql"], _LISTS["rds_certificate_authorities"]
# The first minor version of each old major whose log_fdw extension cannot read other files.
_LOG_FDW_MENDED = {(9, 6): 22, (10,): 17, (11,): 12, (12,): 7, (13,): 3}
_OLDEST_MENDED = (9, 6)


def _log_fdw_fixed(db: Props) -> bool:
    major, minor = major_and_minor(db)
    if engine(db) != POSTGRES or not major:
        return True
    return major >= _OLDEST_MENDED and (minor is None or minor >= _LOG_FDW_MENDED.get(major, 0))


def _supported(db: Props) -> bool:
    major, _ = major_and_minor(db)
    return engine(db) != POSTGRES or (bool(major) and not _SUPPORT.deprecated(str(major[0])))


def _exported(db: Props) -> bool:
    exported = {str(log).lower() for log in values(db, "enabledCloudwatchLogsExports")}
    wanted = LOGS.get(engine(db))
    return exported >= wanted if wanted else bool(exported)


def _is_default_port(db: Props) -> bool:
    default = PORTS.get(engine(db), 0)
    return number(db, "port", default) == default


_KNOWN_ADMINS = frozenset({"postgres", "admin", "root"})


RULES = [
    resource_rule(
        "rds-log-exports",
        M,
        RDS_INSTANCE,
        "RDS exports its logs to CloudWatch Logs.",
        'set enabled_cloudwatch_logs_exports, for PostgreSQL to ["postgresql", "upgrade"]',
        holds=_exported,
    ),
    resource_rule(
        "rds-ca-current",
        M,
        RDS_INSTANCE,
        "RDS uses a certificate authority that has not expired.",
        f"set ca_cert_identifier to one of {', '.join(sorted(_AUTHORITIES.supported()))}",
        holds=lambda db: text(db, "caCertIdentifier") in _AUTHORITIES.supported(),
    ),
    resource_rule(
        "rds-engine-vulnerable",
        M,
        RDS_INSTANCE,
        "The PostgreSQL version is not one whose log_fdw extension can read other files.",
        "use a newer minor version",
        holds=_log_fdw_fixed,
    ),
    resource_rule(
        "rds-engine-supported",
        P,
        RDS_INSTANCE,
        "The PostgreSQL version is in standard support, not in paid extended support.",
        "use a newer major version",
        holds=_supported,
    ),
    resource_rule(
        "rds-iam-auth",
        A,
        RDS_INSTANCE,
        "RDS has IAM database authentication.",
        "set iam_database_authentication_enabled=True",
        holds=lambda db: engine(db) not in WITH_IAM or on(db, "iamDatabaseAuthenticationEnabled"),
    ),
    resource_rule(
        "rds-enhanced-monitoring",
        A,
        RDS_INSTANCE,
        "RDS has Enhanced Monitoring.",
        "set monitoring_interval to 60 or less",
        holds=lambda db: number(db, "monitoringInterval") > 0,
    ),
    resource_rule(
        "rds-performance-insights",
        A,
        RDS_INSTANCE,
        "RDS has Performance Insights.",
        "set performance_insights_enabled=True",
        holds=lambda db: on(db, "performanceInsightsEnabled"),
    ),
    resource_rule(
        "rds-performance-insights-cmk",
        A,
        RDS_INSTANCE,
        "Performance Insights data, which contains SQL, is encrypted with a customer managed key.",
        "set performance_insights_kms_key_id to a customer managed key",
        holds=lambda db: (
            not on(db, "performanceInsightsEnabled") or own_key(db, "performanceInsightsKmsKeyId")
        ),
    ),
    resource_rule(
        "rds-copy-tags",
        A,
        RDS_INSTANCE,
        "Tags of the database are copied to its snapshots.",
        "set copy_tags_to_snapshot=True",
        holds=lambda db: on(db, "copyTagsToSnapshot"),
    ),
    resource_rule(
        "rds-non-default-port",
        A,
        RDS_INSTANCE,
        "RDS does not listen on the default port.",
        "set port to something other than the engine's default",
        holds=lambda db: not _is_default_port(db),
    ),
    resource_rule(
        "rds-custom-admin",
        A,
        RDS_INSTANCE,
        "The master user does not have a default name.",
        "set username to another name",
        holds=lambda db: text(db, "username").lower() not in _KNOWN_ADMINS,
    ),
]
