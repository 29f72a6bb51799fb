"""Permissions of the role that updates: the program's resources, under the application's names."""

from __future__ import annotations

from iam_documents import KEY_ADMINISTRATION, Document, allow, document, github
from ops.bootstrap.documents.state import KEY_USE
from settings.names import SESSION_DOCUMENT, Names

# Services of the program's resources; IAM, KMS, S3, Secrets Manager and SSM are restricted below.
_BUILT = (
    *("access-analyzer", "acm", "application-autoscaling", "autoscaling", "cloudtrail", "cloudwatch"),
    *("config", "ec2", "ecr", "ecs", "elasticache", "elasticloadbalancing", "events", "guardduty"),
    *("inspector2", "lambda", "logs", "rds", "route53", "servicediscovery", "sns", "wafv2"),
)
_LINKED = (
    *("access-analyzer", "agentless.inspector2", "autoscaling", "config", "ecs"),
    *("ecs.application-autoscaling", "elasticache", "elasticloadbalancing", "guardduty", "inspector2"),
    *("malware-protection.guardduty", "rds", "ssm", "wafv2"),
)
_UNRESTRICTED = (
    *("backup:List*", "iam:Get*", "iam:List*", "iam:UpdateAccountPasswordPolicy"),
    *("iam:DeleteAccountPasswordPolicy", "kms:CreateKey", "kms:Describe*", "kms:Get*", "kms:List*"),
    *("s3:ListAllMyBuckets", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetRandomPassword"),
    *("secretsmanager:ListSecrets", "servicequotas:GetServiceQuota", "ssm:CreateMaintenanceWindow"),
    *("ssm:CreatePatchBaseline", "ssm:Describe*", "ssm:List*", "ssm:GetParameters", "ssm:GetParameter"),
    "tag:GetResources",
)


def up_rights(names: Names, bucket: str, key_arn: str) -> Document:
    """Allow management of the program's resources in this account, under the application's names."""
    account, prefix, region = names.account_id, names.prefix, names.region
    iam, ssm = f"arn:aws:iam::{account}", f"arn:aws:ssm:{region}:{account}"
    return document(
        # The boundary restricts it to the region; resource IDs are not known beforehand.
        allow([f"{service}:*" for service in _BUILT], "*", sid="ManageResources"),
        allow(
            "iam:*",
            [
                f"{iam}:role/{prefix}-*",
                f"{iam}:policy/{prefix}-*",
                f"{iam}:instance-profile/{prefix}-*",
                github.provider_arn(account),
            ],
            sid="ManageRoles",
        ),
        allow(
            "iam:CreateServiceLinkedRole",
            f"{iam}:role/aws-service-role/*",
            {"StringEquals": {"iam:AWSServiceName": [f"{service}.amazonaws.com" for service in _LINKED]}},
            sid="CreateServiceLinkedRoles",
        ),
        allow(_UNRESTRICTED, "*", sid="DescribeAndCreateKeys"),  # these actions take no resource
        # The key policy restricts this further: it names the administrators, and this role has to be one.
        allow(
            (
                *KEY_ADMINISTRATION,
                *("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"),
                "kms:RetireGrant",
            ),
            [f"arn:aws:kms:{region}:{account}:key/*", f"arn:aws:kms:{region}:{account}:alias/{prefix}-*"],
            sid="ManageKeys",
        ),
        allow(
            ("secretsmanager:*", "ssm:*"),
            [
                f"arn:aws:secretsmanager:{region}:{account}:secret:{prefix}/*",
                f"{ssm}:parameter/{prefix}/*",
                f"{ssm}:document/{prefix}-*",
                f"{ssm}:document/{SESSION_DOCUMENT}",
                f"{ssm}:association/*",
                f"{ssm}:maintenancewindow/*",
                f"{ssm}:windowtarget/*",
                f"{ssm}:windowtask/*",
                f"{ssm}:patchbaseline/*",
            ],
            sid="ManageSecrets",
        ),
        # RDS creates the secret of a database's master user with the permissions of its caller.
        allow(
            ("secretsmanager:CreateSecret", "secretsmanager:TagResource"),
            f"arn:aws:secretsmanager:{region}:{account}:secret:rds!db-*",
            sid="CreateMasterSecret",
        ),
        allow(
            "s3:*",
            [f"arn:aws:s3:::{prefix}-*", f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            sid="ManageBuckets",
        ),
        allow(KEY_USE, key_arn, sid="UseStateKey"),
    )
