"""Says what AWS's own principals must be able to do in a stack, from AWS's documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from settings.names import Names

DOCS = "https://docs.aws.amazon.com/"


@dataclass(frozen=True)
class Must:
    """One request that a service or a service-linked role makes, and the page that says so."""

    who: str
    """The service, or the path and name of a role."""
    action: str
    on: str
    """``key NAME``, ``bucket NAME``, ``topic NAME`` or ``secret``: the resource whose policy is evaluated."""
    source: str
    context: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    """Of the object in a bucket."""
    only: str = ""
    """``host`` or ``containers``: the platform that has it."""

    @property
    def is_role(self) -> bool:
        """Whether it is a role of the account, whose own policy allows the request too."""
        return not self.who.endswith(".amazonaws.com")


def _linked(service: str, name: str) -> str:
    return f"aws-service-role/{service}.amazonaws.com/AWSServiceRoleFor{name}"


AUTO_SCALING = _linked("autoscaling", "AutoScaling")
MALWARE = _linked("malware-protection.guardduty", "AmazonGuardDutyMalwareProtection")
AGENTLESS = _linked("agentless.inspector2", "AmazonInspector2Agentless")
ANALYZER = _linked("access-analyzer", "AccessAnalyzer")
_SLR = "guardduty/latest/ug/slr-permissions-malware-protection.html"
_AGENTLESS = "inspector/latest/user/slr-permissions-agentless.html"
_EBS = "autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html"
_TRAIL_KEY = "awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html"
_TRAIL_BUCKET = "awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html"
_TOPIC_KEY = "sns/latest/dg/sns-key-management.html"
_TOPIC = "sns/latest/dg/sns-access-policy-use-cases.html"
_LOG_KEY = "AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
_CONFIG_ROLE = "config/latest/developerguide/iamrole-permissions.html"
_ANALYZER = "IAM/latest/UserGuide/access-analyzer-using-service-linked-roles.html"


def musts(names: Names) -> Iterator[Must]:
    """Every request, with the context that AWS sends."""
    yield from _trail(names)
    yield from _alarms(names)
    yield from _logs(names)
    yield from _auditors(names)
    yield from _volumes(names)


def _trail(names: Names) -> Iterator[Must]:
    who, ours = "cloudtrail.amazonaws.com", {"aws:SourceArn": names.trail_arn}
    encrypted = {**ours, "kms:EncryptionContext:aws:cloudtrail:arn": names.trail_arn}
    acl = {**ours, "s3:x-amz-acl": "bucket-owner-full-control"}
    path = f"AWSLogs/{names.account_id}/CloudTrail/x"
    yield Must(who, "kms:GenerateDataKey", "key audit", _TRAIL_KEY, encrypted)
    yield Must(who, "kms:DescribeKey", "key audit", _TRAIL_KEY, ours)
    yield Must(who, "s3:GetBucketAcl", "bucket audit-trail", _TRAIL_BUCKET, ours)
    yield Must(who, "s3:PutObject", "bucket audit-trail", _TRAIL_BUCKET, acl, path)


def _alarms(names: Names) -> Iterator[Must]:
    ours = {"aws:SourceAccount": names.account_id}
    # EventBridge sends no source; AWS's examples of keys for the other two have none.
    for who, sent in (
        ("cloudwatch.amazonaws.com", ours),
        ("events.rds.amazonaws.com", ours),
        ("events.amazonaws.com", {}),
    ):
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield Must(who, action, "key alerts", _TOPIC_KEY)
            yield Must(who, action, "key alerts", _TOPIC_KEY, sent)
        for topic in ("critical", "warning"):
            yield Must(who, "sns:Publish", f"topic {topic}", _TOPIC, sent)


def _logs(names: Names) -> Iterator[Must]:
    balancer = "elasticloadbalancing/latest/application/enable-access-logging.html"
    yield Must(
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "s3:PutObject",
        "bucket edge-logs",
        balancer,
        path=f"alb/AWSLogs/{names.account_id}/elasticloadbalancing/x",
    )
    for logged in ("trail", "config"):
        bucket = names.audit_bucket(logged)
        yield Must(
            "logging.s3.amazonaws.com",
            "s3:PutObject",
            "bucket audit-access",
            "AmazonS3/latest/userguide/enable-server-access-logging.html",
            {"aws:SourceArn": f"arn:aws:s3:::{bucket}", "aws:SourceAccount": names.account_id},
            f"{bucket}/x",
        )


def log_encryption(names: Names, group: str) -> Iterator[Must]:
    """What CloudWatch Logs does with the key of one log group."""
    arn = f"arn:aws:logs:{names.region}:{names.account_id}:log-group:{group}"
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    for action in ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey"):
        yield Must(f"logs.{names.region}.amazonaws.com", f"kms:{action}", "key logs", _LOG_KEY, context)


def _auditors(names: Names) -> Iterator[Must]:
    by_s3 = {"kms:ViaService": f"s3.{names.region}.amazonaws.com"}
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        yield Must(names.config_role, action, "key audit", _CONFIG_ROLE, by_s3)
    for who, source in ((names.config_role, _CONFIG_ROLE), (ANALYZER, _ANALYZER)):
        for key in ("secrets", "data", "logs", "alerts", "audit"):
            for action in ("DescribeKey", "GetKeyPolicy", "ListGrants", "GetKeyRotationStatus"):
                yield Must(who, f"kms:{action}", f"key {key}", source)
        for action in ("DescribeSecret", "GetResourcePolicy", "ListSecretVersionIds"):
            yield Must(who, f"secretsmanager:{action}", "secret", source, only="containers")


def _volumes(names: Names) -> Iterator[Must]:
    grant, by_ec2 = (
        {"kms:GrantIsForAWSResource": "true"},
        {"kms:ViaService": f"ec2.{names.region}.amazonaws.com"},
    )
    uses = ("Encrypt", "Decrypt", "ReEncryptFrom", "GenerateDataKeyWithoutPlaintext", "DescribeKey")
    for action in uses:
        yield Must(AUTO_SCALING, f"kms:{action}", "key data", _EBS, only="host")
    yield Must(AUTO_SCALING, "kms:CreateGrant", "key data", _EBS, grant, only="host")
    yield Must(MALWARE, "kms:CreateGrant", "key data", _SLR, grant, only="host")
    for action in ("kms:ReEncryptFrom", "kms:ReEncryptTo"):
        yield Must(MALWARE, action, "key data", _SLR, by_ec2, only="host")
    yield Must(MALWARE, "kms:DescribeKey", "key data", _SLR, only="host")
    yield Must(AGENTLESS, "kms:Decrypt", "key data", _AGENTLESS, by_ec2, only="host")
    yield Must(AGENTLESS, "kms:DescribeKey", "key data", _AGENTLESS, by_ec2, only="host")


def backup_musts(names: Names) -> Iterator[Must]:
    """What AWS Backup does with keys, where a stack has backups: AWS's own policies for its roles say so."""
    policy = "aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyFor"
    by_rds = {"kms:ViaService": f"rds.{names.region}.amazonaws.com"}
    grant = {"kms:GrantIsForAWSResource": "true"}
    uses = ("Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptTo")
    for role, source in ((names.backup_role, f"{policy}Backup"), (names.restore_role, f"{policy}Restores")):
        for key in ("data", "backup"):
            yield Must(role, "kms:DescribeKey", f"key {key}", f"{source}.html")
            yield Must(role, "kms:CreateGrant", f"key {key}", f"{source}.html", grant)
            for action in uses:
                yield Must(role, f"kms:{action}", f"key {key}", f"{source}.html", by_rds)


TRUSTED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "backup.amazonaws.com": ("aws-backup/latest/devguide/iam-service-roles.html", {}),
    "cloudtrail.amazonaws.com": (
        "awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html",
        {},
    ),
    "config.amazonaws.com": (_CONFIG_ROLE, {"aws:SourceAccount": "{account}"}),
    "ec2.amazonaws.com": ("AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html", {}),
    "ecs-tasks.amazonaws.com": (
        "AmazonECS/latest/developerguide/task-iam-roles.html",
        {"aws:SourceAccount": "{account}", "aws:SourceArn": "arn:aws:ecs:{region}:{account}:task/x/y"},
    ),
    "events.amazonaws.com": (
        "eventbridge/latest/userguide/eb-use-identity-based.html",
        {"aws:SourceAccount": "{account}"},
    ),
    "lambda.amazonaws.com": ("lambda/latest/dg/lambda-intro-execution-role.html", {}),
    "monitoring.rds.amazonaws.com": (
        "AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html",
        {"aws:SourceAccount": "{account}"},
    ),
    "scheduler.amazonaws.com": (
        "scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
        {
            "aws:SourceAccount": "{account}",
            "aws:SourceArn": "arn:aws:scheduler:{region}:{account}:schedule-group/{group}",
        },
    ),
    "vpc-flow-logs.amazonaws.com": (
        "vpc/latest/userguide/flow-logs-iam-role.html",
        {"aws:SourceAccount": "{account}"},
    ),
}
"""The page of the role of each service, and the condition keys that the service sends when it assumes one."""
