"""Permissions of the role that previews: descriptions, records and the state, and no secret value."""

from __future__ import annotations

from iam_documents import Document, allow, document, of_functions
from ops.bootstrap.documents.state import BUCKET_DESCRIPTION
from settings.names import SESSION_DOCUMENT, Names

# A preview with --refresh asks for every resource of the state; see tests/roles for the calls of each type.
_DESCRIBED = (
    *(
        "acm",
        "autoscaling",
        "backup",
        "cloudtrail",
        "cloudwatch",
        "config",
        "ec2",
        "ecr",
        "ecs",
        "elasticache",
    ),
    *("elasticloadbalancing", "events", "logs", "rds"),
)
_LISTED = (
    *(
        "access-analyzer",
        "acm",
        "backup",
        "cloudtrail",
        "cloudwatch",
        "config",
        "ecr",
        "ecs",
        "elasticache",
        "events",
    ),
    *("guardduty", "lambda", "logs", "rds", "route53", "scheduler", "servicediscovery"),
    *("sns", "sqs", "wafv2"),
)
_READ = (
    *(f"{service}:Describe*" for service in _DESCRIBED),
    *(f"{service}:List*" for service in _LISTED),
    *("access-analyzer:GetAnalyzer", "application-autoscaling:Describe*"),
    *("application-autoscaling:ListTagsForResource", "backup:Get*", "cloudtrail:Get*"),
    "cloudwatch:GetDashboard",
    *("ec2:GetEbsEncryptionByDefault", "ec2:GetInstanceMetadataDefaults"),
    *("ec2:GetManagedPrefixListEntries", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy"),
    *("elasticloadbalancing:GetLoadBalancerWebACL", "guardduty:GetDetector", "iam:Get*", "iam:List*"),
    *("inspector2:BatchGetAccountStatus", "kms:Describe*", "kms:Get*", "kms:List*"),
    *("logs:GetDataProtectionPolicy", "route53:Get*", "secretsmanager:DescribeSecret"),
    *("secretsmanager:GetResourcePolicy", "secretsmanager:ListSecretVersionIds"),
    *("scheduler:GetSchedule", "scheduler:GetScheduleGroup", "sqs:GetQueueAttributes"),
    "sqs:GetQueueUrl",
    *("servicediscovery:GetNamespace", "sns:GetTopicAttributes", "sns:GetSubscriptionAttributes"),
    *("ssm:Describe*", "ssm:List*", "ssm:GetMaintenanceWindow", "ssm:GetMaintenanceWindowTask"),
    *("ssm:GetPatchBaseline", "tag:Get*", "wafv2:Get*"),
)


def plan_rights(names: Names, bucket: str, key_arn: str) -> Document:
    """Allow reading of descriptions, retirement records and the state, but no change and no secret value."""
    account, prefix, region = names.account_id, names.prefix, names.region
    return document(
        allow(
            _READ,
            "*",  # these actions take no resource, or one whose ID is not known beforehand
            sid="Describe",
        ),
        allow((*BUCKET_DESCRIPTION, "s3:ListBucket"), f"arn:aws:s3:::{prefix}-*", sid="DescribeBuckets"),
        # The answer contains a link to the code, which the repository has too.
        allow(
            ("lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetPolicy"),
            names.function_arns,
            sid="DescribeFunctions",
        ),
        # Lambda shows a function's variables, which contain no secret, to callers who may decrypt them only.
        allow(
            "kms:Decrypt",
            f"arn:aws:kms:{region}:{account}:key/*",
            of_functions(region, names.function_arns),
            sid="DecryptFunctionVariables",
        ),
        allow(
            "ssm:GetDocument",
            [names.document_arn(f"{prefix}-*"), names.document_arn(SESSION_DOCUMENT)],
            sid="DescribeDocuments",
        ),
        # Canonical publishes its machine images in parameters that belong to no account.
        allow(
            "ssm:GetParameter", f"arn:aws:ssm:{region}::parameter/aws/service/canonical/*", sid="FindImages"
        ),
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*", sid="ReadState"),
        allow("kms:Decrypt", key_arn, sid="DecryptState"),
        # `ops retire` records in plain parameters that a key is unused; the program requires the record.
        allow(
            "ssm:GetParametersByPath",
            names.parameter_arn(f"{names.parameter('strongroom')}/*"),
            sid="ReadRetirementRecords",
        ),
    )
