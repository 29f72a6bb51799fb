"""RDS."""

from rules.aws.rds.instances import INSTANCE, REPLICATED_BACKUPS, SNAPSHOT
from rules.aws.rds.relations import EVENTS, PARAMETERS, SELECTION
from rules.lib.ingress_rules import GROUP

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import TAGS, UNKNOWN, Entry
from tests.policies.ours import ours

DATABASE = {**ours(INSTANCE), "tags": {**TAGS, "Backup": "daily"}}
COMPLIANT = {
    SNAPSHOT: {"dbInstanceIdentifier": "aiponge-db", "sharedAccounts": ["111122223333"]},
    REPLICATED_BACKUPS: {
        "sourceDbInstanceArn": "arn:db",
        "kmsKeyId": "arn:aws:kms:eu-west-2:111122223333:key/2",
    },
}
SLIPS = [
    slip("rds-storage-encrypted", INSTANCE, storageEncrypted=False),
    slip("rds-storage-encrypted", INSTANCE, storageEncrypted=None),
    fine(INSTANCE, storageEncrypted="true"),
    slip("rds-storage-cmk", INSTANCE, kmsKeyId=None),
    slip("rds-storage-cmk", INSTANCE, kmsKeyId="alias/aws/rds"),
    fine(INSTANCE, kmsKeyId=UNKNOWN),
    slip("rds-not-public", INSTANCE, publiclyAccessible=True),
    slip("rds-not-public", INSTANCE, publiclyAccessible="true"),
    fine(INSTANCE, publiclyAccessible=None),
    slip("rds-in-vpc", INSTANCE, dbSubnetGroupName=None),
    slip("rds-in-vpc", INSTANCE, vpcSecurityGroupIds=None),
    fine(INSTANCE, vpcSecurityGroupIds=UNKNOWN, dbSubnetGroupName=UNKNOWN),
    slip("rds-multi-az", INSTANCE, multiAz=False),
    slip("rds-backup rds-backup-7d", INSTANCE, backupRetentionPeriod=0),
    slip("rds-backup rds-backup-7d", INSTANCE, backupRetentionPeriod=None),
    fine(INSTANCE, backupRetentionPeriod=None, replicateSourceDb="arn:db"),
    slip("rds-backup-7d", INSTANCE, backupRetentionPeriod=6),
    fine(INSTANCE, backupRetentionPeriod=7),
    slip("rds-deletion-protection", INSTANCE, deletionProtection=False),
    slip("rds-minor-upgrade", INSTANCE, autoMinorVersionUpgrade=False),
    fine(INSTANCE, autoMinorVersionUpgrade=None),
    slip("rds-snapshot-private", SNAPSHOT, sharedAccounts=["all"]),
    fine(SNAPSHOT, sharedAccounts=None),
    slip("rds-replicated-backup-cmk", REPLICATED_BACKUPS, kmsKeyId=None),
    slip("rds-log-exports", INSTANCE, enabledCloudwatchLogsExports=["postgresql"]),
    slip("rds-log-exports", INSTANCE, enabledCloudwatchLogsExports=None),
    slip("rds-ca-current", INSTANCE, caCertIdentifier="rds-ca-2019"),
    slip("rds-ca-current", INSTANCE, caCertIdentifier=None),
    slip("rds-engine-vulnerable rds-engine-supported", INSTANCE, engineVersion="13.2"),
    slip("rds-engine-supported", INSTANCE, engineVersion="13.3"),
    fine(INSTANCE, engineVersion="14"),
    slip("rds-iam-auth", INSTANCE, iamDatabaseAuthenticationEnabled=None),
    slip("rds-enhanced-monitoring", INSTANCE, monitoringInterval=0),
    slip("rds-performance-insights", INSTANCE, performanceInsightsEnabled=False),
    slip("rds-performance-insights-cmk", INSTANCE, performanceInsightsKmsKeyId=None),
    slip("rds-copy-tags", INSTANCE, copyTagsToSnapshot=None),
    slip("rds-non-default-port", INSTANCE, port=5432),
    slip("rds-non-default-port", INSTANCE, port=None),
    slip("rds-custom-admin", INSTANCE, username="postgres"),
]

_DB = Entry(INSTANCE, DATABASE, {"parameterGroupName": ("parameters",), "vpcSecurityGroupIds": ("sg",)})
_PARAMETERS = Entry(
    PARAMETERS,
    {
        "parameters": [
            {"name": "rds.force_ssl", "value": "1"},
            {"name": "log_statement", "value": "ddl"},
            {"name": "log_min_duration_statement", "value": "1000"},
        ]
    },
)
_EVENTS = Entry(EVENTS, {"sourceType": "db-instance", "eventCategories": ["failure", "maintenance"]})
_SELECTION = Entry(
    SELECTION, {"name": "all", "selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}]}
)
STACKS = {
    "database": {
        "db": _DB,
        "sg": Entry(GROUP, {"name": "aiponge-rds"}),
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
    stack_slip("", "database", {"selection": Entry(SELECTION, {"name": "db"}, {"resources": ("db",)})}),
]
