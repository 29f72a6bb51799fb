"""RDS configuration: logs, certificate authority, engine version, monitoring, port and names."""

from __future__ import annotations

from rules.lib.resource_types import RDS_INSTANCE
from rules.pack.properties import Props, number, on, own_key, text, values
from rules.pack.rule import A, M, P, resource_rule

LIVING_CAS = frozenset({"rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"})
OLDEST_SUPPORTED = 14
"""PostgreSQL 13 went into paid extended support in February 2026."""
# The first minor version of each old major whose log_fdw extension cannot read other files.
_LOG_FDW_MENDED = {9: 6, 10: 17, 11: 12, 12: 7, 13: 3}


def _version(db: Props) -> tuple[int, int | None]:
    """Major and minor; a bare major means the newest minor."""
    major, _, minor = text(db, "engineVersion").partition(".")
    return (
        int(major) if major.isdigit() else 0,
        int(minor.split(".")[0].split("-")[0]) if minor[:1].isdigit() else None,
    )


def _log_fdw_mended(db: Props) -> bool:
    major, minor = _version(db)
    return text(db, "engine") != "postgres" or minor is None or minor >= _LOG_FDW_MENDED.get(major, 0)


POSTGRES_PORT = 5432
_KNOWN_ADMINS = frozenset({"postgres", "admin", "root"})


RULES = [
    resource_rule(
        "rds-log-exports",
        M,
        RDS_INSTANCE,
        "RDS sends its logs to CloudWatch.",
        'set enabled_cloudwatch_logs_exports to ["postgresql", "upgrade"] at least',
        holds=lambda db: {"postgresql", "upgrade"} <= set(values(db, "enabledCloudwatchLogsExports")),
    ),
    resource_rule(
        "rds-ca-current",
        M,
        RDS_INSTANCE,
        "RDS shows a certificate of a living authority.",
        f"set ca_cert_identifier to one of {', '.join(sorted(LIVING_CAS))}",
        holds=lambda db: text(db, "caCertIdentifier") in LIVING_CAS,
    ),
    resource_rule(
        "rds-engine-vulnerable",
        M,
        RDS_INSTANCE,
        "PostgreSQL is no version whose log_fdw reads other files.",
        "take a newer minor version",
        holds=_log_fdw_mended,
    ),
    resource_rule(
        "rds-engine-supported",
        P,
        RDS_INSTANCE,
        "PostgreSQL is supported, not in paid extended support.",
        f"take PostgreSQL {OLDEST_SUPPORTED} or newer",
        holds=lambda db: _version(db)[0] >= OLDEST_SUPPORTED,
    ),
    resource_rule(
        "rds-iam-auth",
        A,
        RDS_INSTANCE,
        "RDS lets people log in with IAM instead of a password.",
        "set iam_database_authentication_enabled=True",
        holds=lambda db: on(db, "iamDatabaseAuthenticationEnabled"),
    ),
    resource_rule(
        "rds-enhanced-monitoring",
        A,
        RDS_INSTANCE,
        "RDS reports the operating system's metrics.",
        "set monitoring_interval to 60 or less",
        holds=lambda db: number(db, "monitoringInterval") > 0,
    ),
    resource_rule(
        "rds-performance-insights",
        A,
        RDS_INSTANCE,
        "RDS records what its sessions wait for.",
        "set performance_insights_enabled=True",
        holds=lambda db: on(db, "performanceInsightsEnabled"),
    ),
    resource_rule(
        "rds-performance-insights-cmk",
        A,
        RDS_INSTANCE,
        "What sessions wait for (it holds SQL) is encrypted with a key of ours.",
        "set performance_insights_kms_key_id to a customer managed key",
        holds=lambda db: (
            not on(db, "performanceInsightsEnabled") or own_key(db, "performanceInsightsKmsKeyId")
        ),
    ),
    resource_rule(
        "rds-copy-tags",
        A,
        RDS_INSTANCE,
        "Snapshots carry the tags of their database.",
        "set copy_tags_to_snapshot=True",
        holds=lambda db: on(db, "copyTagsToSnapshot"),
    ),
    resource_rule(
        "rds-non-default-port",
        A,
        RDS_INSTANCE,
        "RDS listens on a port of its own.",
        "set port to something other than 5432",
        holds=lambda db: number(db, "port", POSTGRES_PORT) != POSTGRES_PORT,
    ),
    resource_rule(
        "rds-custom-admin",
        A,
        RDS_INSTANCE,
        "The master user has a name that is not guessed first.",
        "set username to a name of your own",
        holds=lambda db: text(db, "username").lower() not in _KNOWN_ADMINS,
    ),
]
