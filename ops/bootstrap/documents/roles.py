"""Trust policies and permissions of the two roles that run Pulumi: one previews, the other updates."""

from __future__ import annotations

from iam_documents import KEY_ADMINISTRATION, Document, allow, document, github
from ops.bootstrap.documents.state import KEY_USE
from ops.bootstrap.steps import Repository
from settings.names import Names

WORKFLOW = ".github/workflows/infra.yml"

# Services of the program's resources; IAM, KMS, S3, Secrets Manager and SSM are restricted below.
_BUILT = (
    *("access-analyzer", "acm", "application-autoscaling", "autoscaling", "backup", "backup-storage"),
    *("cloudtrail", "cloudwatch", "config", "ec2", "ecr", "ecs", "elasticache", "elasticloadbalancing"),
    *("events", "guardduty", "inspector2", "lambda", "logs", "rds", "route53", "securityhub"),
    *("servicediscovery", "sns", "states", "tag", "wafv2"),
)
_LINKED = (
    *("autoscaling", "backup", "ecs", "elasticache", "elasticloadbalancing", "guardduty", "inspector2"),
    *("rds", "config", "securityhub", "wafv2", "ecs.application-autoscaling", "access-analyzer"),
)


def trust(names: Names, repository: Repository, environment: str, branch: str) -> Document:
    """Allow jobs of this repository, GitHub environment, workflow and branch to assume the role."""
    return document(
        github.github_trust(
            github.provider_arn(names.account_id),
            owner=repository.owner,
            owner_id=repository.owner_id,
            repository=repository.name,
            repository_id=repository.id,
            environment=environment,
            branch=branch,
            workflow=f"{repository.owner}/{repository.name}/{WORKFLOW}@refs/heads/{branch}",
        )
    )


def plan_rights(names: Names, bucket: str, key_arn: str) -> Document:
    """Allow reading of descriptions, retirement records and the state, but no change and no secret value."""
    return document(
        allow(
            (
                *(f"{service}:{verb}*" for service in _BUILT for verb in ("Describe", "List")),
                *("ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "lambda:GetFunctionConfiguration"),
                *("iam:Get*", "iam:List*", "kms:Describe*", "kms:Get*", "kms:List*"),
                *("route53:Get*", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:ListAllMyBuckets"),
                *("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
                *("secretsmanager:ListSecrets", "secretsmanager:ListSecretVersionIds"),
                *("sns:GetTopicAttributes", "sns:GetSubscriptionAttributes", "ssm:Describe*", "ssm:List*"),
                *("tag:Get*", "wafv2:Get*"),
            ),
            "*",  # these actions take no resource
            sid="Describe",
        ),
        allow(
            ("s3:GetObject", "s3:ListBucket"),
            [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            sid="ReadState",
        ),
        allow("kms:Decrypt", key_arn, sid="DecryptState"),
        # `ops retire` records in plain parameters that a key is unused; the program requires the record.
        allow(
            "ssm:GetParametersByPath",
            names.parameter_arn(f"{names.parameter('strongroom')}/*"),
            sid="ReadRetirementRecords",
        ),
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
        allow(
            (
                *("iam:Get*", "iam:List*", "kms:CreateKey", "kms:Describe*", "kms:Get*", "kms:List*"),
                *("s3:ListAllMyBuckets", "secretsmanager:ListSecrets", "secretsmanager:GetRandomPassword"),
                *("ssm:Describe*", "ssm:List*", "ssm:GetParameters", "ssm:GetParameter"),
            ),
            "*",  # these actions take no resource
            sid="DescribeAndCreateKeys",
        ),
        # The key policy restricts this further: it names the administrators, and this role has to be one.
        allow(
            (
                *KEY_ADMINISTRATION,
                *("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"),
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
                f"{ssm}:association/*",
                f"{ssm}:maintenancewindow/*",
                f"{ssm}:patchbaseline/*",
            ],
            sid="ManageSecrets",
        ),
        allow(
            "s3:*",
            [f"arn:aws:s3:::{prefix}-*", f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            sid="ManageBuckets",
        ),
        allow(KEY_USE, key_arn, sid="UseStateKey"),
    )
