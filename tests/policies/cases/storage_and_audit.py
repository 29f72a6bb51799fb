"""S3, CloudTrail, GuardDuty, Config, Backup."""

import json

from rules.aws.cloudwatch_and_eventbridge import CIS_ALARMS, CIS_NAMESPACE
from rules.aws.guardduty_and_config import FEATURES
from rules.lib.resource_types import (
    ACCOUNT_PUBLIC_ACCESS_BLOCK,
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BACKUP_VAULT,
    BACKUP_VAULT_LOCK,
    BUCKET,
    BUCKET_ACL,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_LOGGING,
    BUCKET_NOTIFICATION,
    BUCKET_OBJECT_LOCK,
    BUCKET_OWNERSHIP_CONTROLS,
    BUCKET_POLICY,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    CONFIG_AGGREGATOR,
    CONFIG_RECORDER,
    CONFIG_RECORDER_STATUS,
    DETECTOR,
    DETECTOR_FEATURE,
    EBS_VOLUME,
    GUARDDUTY_ORGANIZATION,
    METRIC_ALARM,
    PUBLIC_ACCESS_BLOCK,
    RESTORE_TESTING_PLAN,
    RESTORE_TESTING_SELECTION,
    TOPIC,
    TOPIC_SUBSCRIPTION,
    TRAIL,
)
from rules.lib.s3_buckets import ALL_USERS, AUTHENTICATED
from rules.pack.config import Configuration

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.cases.ec2 import COMPLIANT as MACHINES
from tests.policies.judge import Entry
from tests.policies.ours import ours

ACCOUNT = "111122223333"
OURS = Configuration(account_id=ACCOUNT)
PLAIN_HTTP = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
WRITER = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::trail/*",
    "Condition": {"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/t"}},
}

BALANCER = {
    "Effect": "Allow",
    "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
    "Action": "s3:PutObject",
}


def policy(*statements: object) -> str:
    """A bucket policy that demands TLS."""
    return json.dumps({"Statement": [PLAIN_HTTP, *statements]})


BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
_BLOCK = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
_ENCRYPTION = {
    "rules": [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:key"}}
    ]
}
COMPLIANT = {
    BUCKET_V2: {"bucket": "trail"},
    ACCOUNT_PUBLIC_ACCESS_BLOCK: _BLOCK,
    GUARDDUTY_ORGANIZATION: {"autoEnableOrganizationMembers": "ALL"},
    CONFIG_AGGREGATOR: {"accountAggregationSource": {"allRegions": True}},
    BACKUP_VAULT: {"kmsKeyArn": "arn:key"},
}


def _acl(group: str) -> dict[str, object]:
    return {
        "accessControlPolicy": {
            "grants": [{"grantee": {"type": "Group", "uri": group}, "permission": "READ"}]
        }
    }


def _canned(name: str) -> Entry:
    return Entry(BUCKET_ACL, {"acl": name}, {"bucket": ("trail-bucket",)})


_OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
_LENT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
    "Action": "s3:PutBucketPolicy",
    "Resource": "*",
}
_SHUT = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
(_SELECTOR,) = ours(TRAIL)["eventSelectors"]
_MANAGEMENT = {"fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}]}
_WITHOUT_KMS = {
    "fieldSelectors": [
        *_MANAGEMENT["fieldSelectors"],
        {"field": "eventSource", "notEquals": ["kms.amazonaws.com"]},
    ]
}
SLIPS = [
    slip("s3-pab-block-acls", PUBLIC_ACCESS_BLOCK, blockPublicAcls=False),
    slip("s3-pab-block-policy", PUBLIC_ACCESS_BLOCK, blockPublicPolicy=None),
    slip("s3-pab-ignore-acls", PUBLIC_ACCESS_BLOCK, ignorePublicAcls=None),
    slip("s3-pab-restrict", PUBLIC_ACCESS_BLOCK, restrictPublicBuckets=False),
    slip("s3-account-pab", ACCOUNT_PUBLIC_ACCESS_BLOCK, restrictPublicBuckets=False),
    slip("s3-acl-no-allusers", BUCKET_ACL, **_acl(ALL_USERS)),
    slip("s3-acl-no-authenticated", BUCKET_ACL, **_acl(AUTHENTICATED)),
    fine(BUCKET_ACL, acl="private"),
    slip("s3-policy-no-star-principal", BUCKET_POLICY, policy=policy(_OPEN)),
    slip("s3-policy-no-lockout", BUCKET_POLICY, policy=policy(_SHUT)),
    slip("s3-policy-cross-account own-secret-env-name", BUCKET_POLICY, OURS, policy=policy(_LENT)),
    slip("s3-acl-disabled", BUCKET_OWNERSHIP_CONTROLS, rule={"objectOwnership": "ObjectWriter"}),
    slip(
        "s3-cmk",
        BUCKET_ENCRYPTION,
        rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}],
    ),
    slip(
        "s3-versioning-config s3-mfa-delete",
        BUCKET_VERSIONING,
        versioningConfiguration={"status": "Suspended"},
    ),
    slip("s3-mfa-delete", BUCKET_VERSIONING, versioningConfiguration={"status": "Enabled"}),
    slip("s3-abort-mpu", BUCKET_LIFECYCLE, rules=[{"status": "Enabled"}]),
    slip("own-stateful-protect", BUCKET, forceDestroy=True),
    slip("own-stateful-protect", BUCKET_V2, forceDestroy=True),
    slip("trail-multi-region", TRAIL, isMultiRegionTrail=None),
    slip("trail-validation", TRAIL, enableLogFileValidation=False),
    slip("trail-cmk", TRAIL, kmsKeyId=None),
    slip("trail-logging", TRAIL, enableLogging=False),
    slip("trail-cloudwatch", TRAIL, cloudWatchLogsGroupArn=None),
    slip("trail-sns", TRAIL, snsTopicName=None),
    slip("trail-data-events", TRAIL, eventSelectors=None),
    slip("trail-all-calls", TRAIL, eventSelectors=[{**_SELECTOR, "readWriteType": "WriteOnly"}]),
    slip("trail-all-calls", TRAIL, eventSelectors=[{**_SELECTOR, "includeManagementEvents": False}]),
    slip(
        "trail-all-calls",
        TRAIL,
        eventSelectors=[{**_SELECTOR, "excludeManagementEventSources": ["kms.amazonaws.com"]}],
    ),
    slip("trail-all-calls", TRAIL, eventSelectors=None, advancedEventSelectors=[_WITHOUT_KMS]),
    fine(TRAIL, eventSelectors=None, advancedEventSelectors=[_MANAGEMENT]),
    slip("trail-global-services", TRAIL, includeGlobalServiceEvents=False),
    fine(TRAIL, includeGlobalServiceEvents=None),
    slip("guardduty-enabled", DETECTOR, enable=False),
    fine(DETECTOR, enable=None),
    slip("guardduty-org", GUARDDUTY_ORGANIZATION, autoEnableOrganizationMembers="NEW"),
    slip("config-recorder-all", CONFIG_RECORDER, recordingGroup={"allSupported": True}),
    slip(
        "config-recorder-all",
        CONFIG_RECORDER,
        recordingGroup={"allSupported": False, "includeGlobalResourceTypes": True},
    ),
    slip("config-recorder-all", CONFIG_RECORDER, recordingGroup=None),
    slip("config-aggregator-regions", CONFIG_AGGREGATOR, accountAggregationSource={"regions": ["eu-west-1"]}),
    slip("backup-vault-cmk", BACKUP_VAULT, kmsKeyArn=None),
]


def _of(type_: str, bucket: str, **props: object) -> Entry:
    return Entry(type_, props, {"bucket": (bucket,)})


def _bucket(name: str) -> dict[str, Entry]:
    return {
        f"{name}-bucket": Entry(BUCKET, {"bucket": name}),
        f"{name}-block": _of(PUBLIC_ACCESS_BLOCK, f"{name}-bucket", **_BLOCK),
        f"{name}-policy": _of(BUCKET_POLICY, f"{name}-bucket", policy=policy(WRITER)),
        f"{name}-versioning": _of(
            BUCKET_VERSIONING, f"{name}-bucket", versioningConfiguration={"status": "Enabled"}
        ),
        f"{name}-lifecycle": _of(BUCKET_LIFECYCLE, f"{name}-bucket", rules=[{"status": "Enabled"}]),
        f"{name}-replication": _of(BUCKET_REPLICATION, f"{name}-bucket", rules=[{"status": "Enabled"}]),
        f"{name}-notification": _of(BUCKET_NOTIFICATION, f"{name}-bucket", eventbridge=True),
    }


_TRAIL_ENTRY = Entry(TRAIL, ours(TRAIL), {"s3BucketName": ("trail-bucket",)})
_LOGGING = Entry(BUCKET_LOGGING, {}, {"bucket": ("trail-bucket",), "targetBucket": ("logs-bucket",)})
_AES = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}
_FEATURES = {
    f"feature-{name}": Entry(
        DETECTOR_FEATURE, {"name": name, "status": "ENABLED"}, {"detectorId": ("detector",)}
    )
    for name in FEATURES
}
_STATUS = Entry(CONFIG_RECORDER_STATUS, {"isEnabled": True}, {"name": ("recorder",)})
_PLAN = Entry(
    BACKUP_PLAN,
    {"rules": [{"lifecycle": {"deleteAfter": 35}, "copyActions": [{"destinationVaultArn": "arn:v"}]}]},
)
_CIS = {
    f"cis-{number}": Entry(
        METRIC_ALARM,
        {"namespace": CIS_NAMESPACE, "metricName": f"metric-{number}", "alarmActions": ["arn:topic"]},
        {"alarmActions": ("topic",)},
    )
    for number in range(CIS_ALARMS)
}
STACKS = {
    "audit": {
        **_bucket("trail"),
        **_bucket("logs"),
        "trail-encryption": _of(BUCKET_ENCRYPTION, "trail-bucket", **_ENCRYPTION),
        "logs-encryption": _of(BUCKET_ENCRYPTION, "logs-bucket", **_AES),
        "trail-lock": _of(BUCKET_OBJECT_LOCK, "trail-bucket"),
        "trail-logging": _LOGGING,
        "trail": _TRAIL_ENTRY,
        "recorder": Entry(CONFIG_RECORDER, ours(CONFIG_RECORDER)),
        "recorder-status": _STATUS,
        "detector": Entry(DETECTOR, ours(DETECTOR)),
        **_FEATURES,
        "topic": Entry(TOPIC, {}),
        "subscription": Entry(TOPIC_SUBSCRIPTION, {}, {"topic": ("topic",)}),
        **_CIS,
    },
    "backup": {
        "volume": Entry(EBS_VOLUME, MACHINES[EBS_VOLUME]),
        "plan": _PLAN,
        "selection": Entry(BACKUP_SELECTION, {}, {"planId": ("plan",), "resources": ("volume",)}),
        "lock": Entry(BACKUP_VAULT_LOCK, {}),
        "restore": Entry(RESTORE_TESTING_PLAN, {}),
        "restore-selection": Entry(
            RESTORE_TESTING_SELECTION,
            {"protectedResourceType": "EBS"},
            {"restoreTestingPlanName": ("restore",)},
        ),
    },
}
STACK_SLIPS = [
    stack_slip("s3-pab", "audit", {"trail-block": None}),
    stack_slip(
        "s3-pab", "audit", {"trail-block": _of(PUBLIC_ACCESS_BLOCK, "trail-bucket", blockPublicAcls=True)}
    ),
    stack_slip(
        "s3-tls-only",
        "audit",
        {"trail-policy": _of(BUCKET_POLICY, "trail-bucket", policy=json.dumps({"Statement": [WRITER]}))},
    ),
    stack_slip("s3-no-public-read", "audit", {"acl": _canned("public-read")}),
    stack_slip("s3-no-public-read s3-no-public-write", "audit", {"acl": _canned("public-read-write")}),
    stack_slip("", "audit", {"acl": _canned("private")}),
    stack_slip(
        "s3-encrypted s3-kms",
        "audit",
        {
            "trail-encryption": _of(
                BUCKET_ENCRYPTION,
                "trail-bucket",
                rules=[{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "none"}}],
            )
        },
    ),
    stack_slip("s3-kms", "audit", {"trail-encryption": None}),
    stack_slip(
        "own-s3-log-target-sse",
        "audit",
        {"logs-encryption": _of(BUCKET_ENCRYPTION, "logs-bucket", **_ENCRYPTION)},
    ),
    stack_slip("s3-versioning", "audit", {"trail-versioning": None}),
    stack_slip(
        "s3-access-logging trail-bucket-private s3-kms s3-access-logging",
        "audit",
        {"trail-logging": None, "logs-encryption": None},
    ),
    stack_slip("s3-lifecycle", "audit", {"trail-lifecycle": None}),
    stack_slip("s3-replication", "audit", {"trail-replication": None}),
    stack_slip("s3-events", "audit", {"trail-notification": None}),
    stack_slip("", "audit", {"logs-replication": None, "logs-notification": None}),
    stack_slip("s3-object-lock", "audit", {"trail-lock": None}),
    stack_slip(
        "trail-bucket-private",
        "audit",
        {"trail-policy": _of(BUCKET_POLICY, "trail-bucket", policy=policy(_OPEN))},
    ),
    stack_slip(
        "own-trail-permissions",
        "audit",
        {"trail-policy": _of(BUCKET_POLICY, "trail-bucket", policy=policy({**WRITER, "Condition": {}}))},
    ),
    stack_slip(
        "own-trail-permissions",
        "audit",
        {
            "trail-policy": _of(
                BUCKET_POLICY, "trail-bucket", policy=policy({**WRITER, "Action": "s3:Delete*"})
            )
        },
    ),
    *(
        stack_slip(
            broken,
            "audit",
            {
                "trail-policy": _of(
                    BUCKET_POLICY,
                    "trail-bucket",
                    policy=policy(WRITER, {**BALANCER, "Resource": f"arn:aws:s3:::trail/{path}"}),
                )
            },
        )
        for path, broken in (
            (f"alb/AWSLogs/{ACCOUNT}/*", ""),
            ("alb/AWSLogs/*", "own-trail-permissions"),
            ("*", "own-trail-permissions"),
        )
    ),
    stack_slip("guardduty-features", "audit", {"feature-RDS_LOGIN_EVENTS": None}),
    stack_slip("config-recorder-on", "audit", {"recorder-status": _STATUS.but(isEnabled=False)}),
    stack_slip("config-recorder-on", "audit", {"recorder-status": None}),
    stack_slip("", "audit", {"recorder-status": None}, Configuration(audit=False)),
    stack_slip("cis-alarms", "audit", {"cis-3": None}),
    stack_slip("ebs-in-backup-plan backup-plan-exists", "backup", {"selection": None}),
    stack_slip("own-backup-tested", "backup", {"lock": None}),
    stack_slip("own-backup-tested", "backup", {"restore-selection": None}),
    stack_slip(
        "own-backup-tested", "backup", {"plan": _PLAN.but(rules=[{"lifecycle": {"deleteAfter": 35}}])}
    ),
]
