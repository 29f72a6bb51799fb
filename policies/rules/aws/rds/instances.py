"""RDS instances: encryption, public access, Multi-AZ, backups, deletion protection, snapshots."""

from __future__ import annotations

from rules.lib.resource_types import RDS_BACKUPS_REPLICATION, RDS_INSTANCE, RDS_SNAPSHOT, RDS_SNAPSHOT_COPY
from rules.pack.properties import Props, is_set, number, off, on, own_key, values
from rules.pack.rule import M, P, resource_rule

MIN_BACKUP_DAYS = 7


def _is_replica(db: Props) -> bool:
    return is_set(db, "replicateSourceDb")


RULES = [
    resource_rule(
        "rds-storage-encrypted",
        M,
        RDS_INSTANCE,
        "RDS storage is encrypted.",
        "set storage_encrypted=True; it replaces an existing database: restore an encrypted snapshot copy",
        holds=lambda db: on(db, "storageEncrypted"),
        requirements=("A15",),
    ),
    resource_rule(
        "rds-storage-cmk",
        P,
        RDS_INSTANCE,
        "RDS storage is encrypted with a customer managed key, whose use can be revoked.",
        "set kms_key_id to a customer managed key",
        holds=lambda db: own_key(db, "kmsKeyId"),
    ),
    resource_rule(
        "rds-not-public",
        M,
        RDS_INSTANCE,
        "RDS is not publicly accessible.",
        "publicly_accessible=True is forbidden",
        holds=lambda db: not on(db, "publiclyAccessible"),
        requirements=("A19",),
    ),
    resource_rule(
        "rds-in-vpc",
        M,
        RDS_INSTANCE,
        "RDS has an explicit subnet group and explicit security groups.",
        "set db_subnet_group_name and vpc_security_group_ids",
        holds=lambda db: is_set(db, "dbSubnetGroupName") and is_set(db, "vpcSecurityGroupIds"),
    ),
    resource_rule(
        "rds-multi-az",
        P,
        RDS_INSTANCE,
        "RDS is Multi-AZ.",
        "set multi_az=True",
        holds=lambda db: on(db, "multiAz"),
    ),
    resource_rule(
        "rds-backup",
        M,
        RDS_INSTANCE,
        "RDS makes automated backups (the provider's default is none).",
        "set backup_retention_period",
        holds=lambda db: _is_replica(db) or number(db, "backupRetentionPeriod") > 0,
    ),
    resource_rule(
        "rds-backup-7d",
        P,
        RDS_INSTANCE,
        f"RDS retains automated backups for at least {MIN_BACKUP_DAYS} days.",
        f"backup_retention_period: minimum {MIN_BACKUP_DAYS}",
        holds=lambda db: _is_replica(db) or number(db, "backupRetentionPeriod") >= MIN_BACKUP_DAYS,
        requirements=("A42",),
    ),
    resource_rule(
        "rds-deletion-protection",
        P,
        RDS_INSTANCE,
        "RDS has deletion protection.",
        "set deletion_protection=True",
        holds=lambda db: on(db, "deletionProtection"),
    ),
    resource_rule(
        "rds-minor-upgrade",
        M,
        RDS_INSTANCE,
        "RDS takes minor engine versions automatically, because they contain security fixes.",
        "leave auto_minor_version_upgrade on",
        holds=lambda db: not off(db, "autoMinorVersionUpgrade"),
    ),
    resource_rule(
        "rds-snapshot-private",
        M,
        (RDS_SNAPSHOT, RDS_SNAPSHOT_COPY),
        "A snapshot is not public.",
        'remove "all" from shared_accounts',
        holds=lambda snapshot: "all" not in values(snapshot, "sharedAccounts"),
    ),
    resource_rule(
        "rds-replicated-backup-cmk",
        P,
        RDS_BACKUPS_REPLICATION,
        "Backups replicated to another region are encrypted with a customer managed key.",
        "set kms_key_id to a customer managed key of the target region",
        holds=lambda copy: own_key(copy, "kmsKeyId"),
    ),
]
