"""RDS."""

from rules.lib.resource_types import (
    BACKUP_SELECTION,
    RDS_BACKUPS_REPLICATION,
    RDS_EVENT_SUBSCRIPTION,
    RDS_INSTANCE,
    RDS_PARAMETER_GROUP,
    RDS_SNAPSHOT,
    SECURITY_GROUP,
)

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import TAGS, UNKNOWN, Entry
from tests.policies.ours import ours

DATABASE = {**ours(RDS_INSTANCE), "tags": {**TAGS, "Backup": "daily"}}
COMPLIANT = {
    RDS_SNAPSHOT: {"dbInstanceIdentifier": "aiponge-db", "sharedAccounts": ["111122223333"]},
    RDS_BACKUPS_REPLICATION: {
        "sourceDbInstanceArn": "arn:db",
        "kmsKeyId": "arn:aws:kms:eu-west-2:111122223333:key/2",
    },
}
SLIPS = [
    slip("rds-storage-encrypted", RDS_INSTANCE, storageEncrypted=False),
    slip("rds-storage-encrypted", RDS_INSTANCE, storageEncrypted=None),
    fine(RDS_INSTANCE, storageEncrypted="true"),
    slip("rds-storage-cmk", RDS_INSTANCE, kmsKeyId=None),
    slip("rds-storage-cmk", RDS_INSTANCE, kmsKeyId="alias/aws/rds"),
    fine(RDS_INSTANCE, kmsKeyId=UNKNOWN),
    slip("rds-not-public", RDS_INSTANCE, publiclyAccessible=True),
    slip("rds-not-public", RDS_INSTANCE, publiclyAccessible="true"),
    fine(RDS_INSTANCE, publiclyAccessible=None),
    slip("rds-in-vpc", RDS_INSTANCE, dbSubnetGroupName=None),
    slip("rds-in-vpc", RDS_INSTANCE, vpcSecurityGroupIds=None),
    fine(RDS_INSTANCE, vpcSecurityGroupIds=UNKNOWN, dbSubnetGroupName=UNKNOWN),
    slip("rds-multi-az", RDS_INSTANCE, multiAz=False),
    slip("rds-backup rds-backup-7d", RDS_INSTANCE, backupRetentionPeriod=0),
    slip("rds-backup rds-backup-7d", RDS_INSTANCE, backupRetentionPeriod=None),
    fine(RDS_INSTANCE, backupRetentionPeriod=None, replicateSourceDb="arn:db"),
    slip("rds-backup-7d", RDS_INSTANCE, backupRetentionPeriod=6),
    fine(RDS_INSTANCE, backupRetentionPeriod=7),
    slip("rds-deletion-protection", RDS_INSTANCE, deletionProtection=False),
    slip("rds-minor-upgrade", RDS_INSTANCE, autoMinorVersionUpgrade=False),
    fine(RDS_INSTANCE, autoMinorVersionUpgrade=None),
    slip("rds-snapshot-private", RDS_SNAPSHOT, sharedAccounts=["all"]),
    fine(RDS_SNAPSHOT, sharedAccounts=None),
    slip("rds-replicated-backup-cmk", RDS_BACKUPS_REPLICATION, kmsKeyId=None),
    slip("rds-log-exports", RDS_INSTANCE, enabledCloudwatchLogsExports=["postgresql"]),
    slip("rds-log-exports", RDS_INSTANCE, enabledCloudwatchLogsExports=None),
    slip("rds-ca-current", RDS_INSTANCE, caCertIdentifier="rds-ca-2019"),
    slip("rds-ca-current", RDS_INSTANCE, caCertIdentifier=None),
    slip("rds-engine-vulnerable rds-engine-supported", RDS_INSTANCE, engineVersion="13.2"),
    slip("rds-engine-supported", RDS_INSTANCE, engineVersion="13.3"),
    fine(RDS_INSTANCE, engineVersion="14"),
    slip("rds-iam-auth", RDS_INSTANCE, iamDatabaseAuthenticationEnabled=None),
    slip("rds-enhanced-monitoring", RDS_INSTANCE, monitoringInterval=0),
    slip("rds-performance-insights", RDS_INSTANCE, performanceInsightsEnabled=False),
    slip("rds-performance-insights-cmk", RDS_INSTANCE, performanceInsightsKmsKeyId=None),
    slip("rds-copy-tags", RDS_INSTANCE, copyTagsToSnapshot=None),
    slip("rds-non-default-port", RDS_INSTANCE, port=5432),
    slip("rds-non-default-port", RDS_INSTANCE, port=None),
    slip("rds-custom-admin", RDS_INSTANCE, username="postgres"),
]

_DB = Entry(RDS_INSTANCE, DATABASE, {"parameterGroupName": ("parameters",), "vpcSecurityGroupIds": ("sg",)})
_PARAMETERS = Entry(
    RDS_PARAMETER_GROUP,
    {
        "parameters": [
            {"name": "rds.force_ssl", "value": "1"},
            {"name": "log_statement", "value": "ddl"},
            {"name": "log_min_duration_statement", "value": "1000"},
        ]
    },
)
_EVENTS = Entry(
    RDS_EVENT_SUBSCRIPTION, {"sourceType": "db-instance", "eventCategories": ["failure", "maintenance"]}
)
_SELECTION = Entry(
    BACKUP_SELECTION,
    {"name": "all", "selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}]},
)
STACKS = {
    "database": {
        "db": _DB,
        "sg": Entry(SECURITY_GROUP, {"name": "aiponge-rds"}),
        "parameters": _PARAMETERS,
        "events": _EVENTS,
        "selection": _SELECTION,
    }
}
STACK_SLIPS = [
    stack_slip(
        "rds-force-ssl",
        "database",
        {
            "parameters": _PARAMETERS.but(
                parameters=[{"name": "rds.force_ssl", "value": "0"}, *_PARAMETERS.props["parameters"][1:]]
            )
        },
    ),
    stack_slip("rds-force-ssl rds-query-logging", "database", {"parameters": None}),
    stack_slip(
        "rds-query-logging",
        "database",
        {"parameters": _PARAMETERS.but(parameters=_PARAMETERS.props["parameters"][:2])},
    ),
    stack_slip("rds-events", "database", {"events": None}),
    stack_slip("rds-events", "database", {"events": _EVENTS.but(eventCategories=["failure"])}),
    stack_slip("rds-events", "database", {"events": _EVENTS.but(sourceType="db-cluster")}),
    stack_slip("", "database", {"events": _EVENTS.but(eventCategories=None)}),
    stack_slip("rds-in-backup-plan", "database", {"selection": None}),
    stack_slip(
        "rds-in-backup-plan",
        "database",
        {
            "selection": _SELECTION.but(
                selectionTags=[{"type": "STRINGEQUALS", "key": "Backup", "value": "never"}]
            )
        },
    ),
    stack_slip(
        "", "database", {"selection": Entry(BACKUP_SELECTION, {"name": "db"}, {"resources": ("db",)})}
    ),
]
