"""Whoever runs Pulumi is one repository's reviewed job, in this account, and never loosens its chains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ops.bootstrap.steps import Repository
from settings.names import Names

Document = dict[str, Any]
GITHUB = "token.actions.githubusercontent.com"
WORKFLOW = ".github/workflows/infra.yml"

_KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:Create*",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
_KEY_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
# What the program makes; IAM, KMS, S3, Secrets Manager and SSM are narrowed further below.
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
    """Only jobs of this repository, in this GitHub environment, of this workflow, on this branch."""
    slug = f"{repository.owner}/{repository.name}"
    immutable = f"{repository.owner}@{repository.owner_id}/{repository.name}@{repository.id}"
    claims: dict[str, Any] = {
        "aud": "sts.amazonaws.com",
        # GitHub gives both spellings while repositories move to the immutable one (T15).
        "sub": [f"repo:{slug}:environment:{environment}", f"repo:{immutable}:environment:{environment}"],
        "repository_id": str(repository.id),
        "repository_owner_id": str(repository.owner_id),
        "environment": environment,
        "ref": f"refs/heads/{branch}",
        "job_workflow_ref": f"{slug}/{WORKFLOW}@refs/heads/{branch}",
    }
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{names.account_id}:oidc-provider/{GITHUB}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{GITHUB}:{claim}": value for claim, value in claims.items()}},
        }
    )


def state_key(names: Names, administrators: Sequence[str], users: Sequence[str]) -> Document:
    """Administrators govern the state key; they and the two roles use it."""
    return _document(
        _principals(names, "Administer", _KEY_ADMINISTRATION, [*administrators, names.account_root]),
        _principals(names, "UseForState", _KEY_USE, [*administrators, *users]),
    )


def state_bucket(bucket: str, administrators: Sequence[str], users: Sequence[str]) -> Document:
    """Over TLS only, and for nobody but administrators and the two roles."""
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return _document(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": both,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "OnlyWhoRunsPulumi",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": both,
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": [*administrators, *users]}},
        },
    )


def plan_rights(names: Names, bucket: str, key_arn: str) -> Document:
    """Reads descriptions and the state, changes nothing, and reads no secret from any store."""
    return _document(
        {
            "Sid": "Describe",
            "Effect": "Allow",
            "Action": [
                *(f"{service}:{verb}*" for service in _BUILT for verb in ("Describe", "List")),
                *("ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "lambda:GetFunctionConfiguration"),
                *("iam:Get*", "iam:List*", "kms:Describe*", "kms:Get*", "kms:List*"),
                *("route53:Get*", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:ListAllMyBuckets"),
                *("secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"),
                *("secretsmanager:ListSecrets", "secretsmanager:ListSecretVersionIds"),
                *("sns:GetTopicAttributes", "sns:GetSubscriptionAttributes", "ssm:Describe*", "ssm:List*"),
                *("tag:Get*", "wafv2:Get*"),
            ],
            "Resource": "*",  # descriptions have no narrower resource
        },
        {
            "Sid": "ReadState",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        },
        {"Sid": "OpenState", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": key_arn},
    )


def up_rights(names: Names, bucket: str, key_arn: str) -> Document:
    """Builds what the program declares, in this account, under the application's names."""
    account, prefix, region = names.account_id, names.prefix, names.region
    iam = f"arn:aws:iam::{account}"
    return _document(
        {
            "Sid": "Build",
            "Effect": "Allow",
            "Action": [f"{service}:*" for service in _BUILT],
            "Resource": "*",  # the boundary keeps it in the region, and ids are not known beforehand
        },
        {
            "Sid": "OwnRoles",
            "Effect": "Allow",
            "Action": "iam:*",
            "Resource": [
                f"{iam}:role/{prefix}-*",
                f"{iam}:policy/{prefix}-*",
                f"{iam}:instance-profile/{prefix}-*",
                f"{iam}:oidc-provider/{GITHUB}",
            ],
        },
        {
            "Sid": "LinkedRoles",
            "Effect": "Allow",
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": f"{iam}:role/aws-service-role/*",
            "Condition": {
                "StringEquals": {"iam:AWSServiceName": [f"{service}.amazonaws.com" for service in _LINKED]}
            },
        },
        {
            "Sid": "LookAround",
            "Effect": "Allow",
            "Action": [
                *("iam:Get*", "iam:List*", "kms:CreateKey", "kms:Describe*", "kms:Get*", "kms:List*"),
                *("s3:ListAllMyBuckets", "secretsmanager:ListSecrets", "secretsmanager:GetRandomPassword"),
                *("ssm:Describe*", "ssm:List*", "ssm:GetParameters", "ssm:GetParameter"),
            ],
            "Resource": "*",  # these name no resource of ours
        },
        {
            "Sid": "OwnKeys",
            "Effect": "Allow",
            # A key of ours says itself, by its administrators, that this role may govern it.
            "Action": [
                *_KEY_ADMINISTRATION,
                *("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"),
            ],
            "Resource": [
                f"arn:aws:kms:{region}:{account}:key/*",
                f"arn:aws:kms:{region}:{account}:alias/{prefix}-*",
            ],
        },
        {
            "Sid": "OwnSecrets",
            "Effect": "Allow",
            "Action": ["secretsmanager:*", "ssm:*"],
            "Resource": [
                f"arn:aws:secretsmanager:{region}:{account}:secret:{prefix}/*",
                f"arn:aws:ssm:{region}:{account}:parameter/{prefix}/*",
                f"arn:aws:ssm:{region}:{account}:document/{prefix}-*",
                f"arn:aws:ssm:{region}:{account}:association/*",
                f"arn:aws:ssm:{region}:{account}:maintenancewindow/*",
                f"arn:aws:ssm:{region}:{account}:patchbaseline/*",
            ],
        },
        {
            "Sid": "OwnBuckets",
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{prefix}-*", f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        },
        {"Sid": "OpenState", "Effect": "Allow", "Action": list(_KEY_USE), "Resource": key_arn},
    )


def boundary(names: Names, bucket: str) -> Document:
    """Whatever rights the roles are given: no people, no other region, no hand on their own chains."""
    account, prefix = names.account_id, names.prefix
    iam = f"arn:aws:iam::{account}"
    return _document(
        {"Sid": "Ceiling", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Sid": "NoPeople",
            "Effect": "Deny",
            "Action": [
                *(
                    "iam:CreateUser",
                    "iam:CreateAccessKey",
                    "iam:CreateLoginProfile",
                    "iam:UpdateLoginProfile",
                ),
                *(
                    "iam:CreateGroup",
                    "iam:AddUserToGroup",
                    "iam:CreateSAMLProvider",
                    "iam:UpdateSAMLProvider",
                ),
                *("iam:PutUserPolicy", "iam:AttachUserPolicy", "organizations:*", "account:*"),
                *("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:GetFederationToken"),
            ],
            "Resource": "*",
        },
        {
            "Sid": "NotTheirOwnChains",
            "Effect": "Deny",
            "NotAction": ["iam:Get*", "iam:List*"],
            "Resource": [f"{iam}:role/{prefix}-pulumi-*", f"{iam}:policy/{prefix}-pulumi-*"],
        },
        {
            "Sid": "KeepTheState",
            "Effect": "Deny",
            "Action": [
                *("s3:DeleteBucket*", "s3:PutBucket*", "s3:PutEncryptionConfiguration"),
                *("s3:PutLifecycleConfiguration", "s3:DeleteObjectVersion"),
            ],
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        },
        {
            "Sid": "KeepTheStateKey",
            "Effect": "Deny",
            "Action": ["kms:Disable*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"],
            "Resource": "*",
            "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": names.key_alias("pulumi")}},
        },
        {
            "Sid": "KeepTheStateKeysName",
            "Effect": "Deny",
            "Action": ["kms:DeleteAlias", "kms:UpdateAlias"],
            "Resource": f"arn:aws:kms:{names.region}:{account}:{names.key_alias('pulumi')}",
        },
        {
            "Sid": "OneRegion",
            "Effect": "Deny",
            "NotAction": ["iam:*", "route53:*", "sts:*", "s3:ListAllMyBuckets", "tag:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": names.region}},
        },
    )


def _principals(names: Names, sid: str, actions: Sequence[str], who: Sequence[str]) -> Document:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": names.account_root},
        "Action": list(actions),
        "Resource": "*",  # in a key policy: this key
        "Condition": {"ArnLike": {"aws:PrincipalArn": list(who)}},
    }


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
