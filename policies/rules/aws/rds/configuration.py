"""RDS configuration: logs, certificate authority, engine version, monitoring, port and names."""

from __future__ import annotations

from rules.lib.resource_types import RDS_INSTANCE
from rules.pack.properties import Props, number, on, own_key, text, values
from rules.pack.rule import A, M, P, resource_rule

VALID_CAS = frozenset({"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"})
OLDEST_SUPPORTED = 14
"""PostgreSQL 13 entered paid extended support in February 2026."""
# The first minor version of each old major whose log_fdw extension cannot read other files.
_LOG_FDW_MENDED = {9: 6, 10: 17, 11: 12, 12: 7, 13: 3}


def _version(db: Props) -> tuple[int, int | None]:
    """Major and minor version; a major version alone means its newest minor version."""
    major, _, minor = text(db, "engineVersion").partition(".")
    return (
        int(major) if major.isdigit() else 0,
        int(minor.split(".")[0].split("-")[0]) if minor[:1].isdigit() else None,
    )


def _log_fdw_fixed(db: Props) -> bool:
    major, minor = _version(db)
    return text(db, "engine") != "postgres" or minor is None or minor >= _LOG_FDW_MENDED.get(major, 0)


POSTGRES_PORT = 5432
_KNOWN_ADMINS = frozenset({"postgres", "admin", "root"})


RULES = [
    resource_rule(
        "rds-log-exports",
        M,
        RDS_INSTANCE,
        "RDS exports its logs to CloudWatch Logs.",
        'set enabled_cloudwatch_logs_exports to ["postgresql", "upgrade"] at least',
        holds=lambda db: {"postgresql", "upgrade"} <= set(values(db, "enabledCloudwatchLogsExports")),
    ),
    resource_rule(
        "rds-ca-current",
        M,
        RDS_INSTANCE,
        "RDS uses a certificate authority that has not expired.",
        f"set ca_cert_identifier to one of {', '.join(sorted(VALID_CAS))}",
        holds=lambda db: text(db, "caCertIdentifier") in VALID_CAS,
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
        f"use PostgreSQL {OLDEST_SUPPORTED} or newer",
        holds=lambda db: _version(db)[0] >= OLDEST_SUPPORTED,
    ),
    resource_rule(
        "rds-iam-auth",
        A,
        RDS_INSTANCE,
        "RDS has IAM database authentication.",
        "set iam_database_authentication_enabled=True",
        holds=lambda db: on(db, "iamDatabaseAuthenticationEnabled"),
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
        "set port to something other than 5432",
        holds=lambda db: number(db, "port", POSTGRES_PORT) != POSTGRES_PORT,
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
