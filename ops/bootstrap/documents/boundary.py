"""The permissions boundary of the roles that run Pulumi."""

from __future__ import annotations

from iam_documents import Document, allow, deny, document
from settings.names import Names

_PEOPLE = (
    *("iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
    *("iam:CreateGroup", "iam:AddUserToGroup", "iam:CreateSAMLProvider", "iam:UpdateSAMLProvider"),
    *("iam:PutUserPolicy", "iam:AttachUserPolicy", "organizations:*", "account:*"),
    *("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:GetFederationToken"),
)
_STATE_SETTINGS = (
    *("s3:DeleteBucket*", "s3:PutBucket*", "s3:PutEncryptionConfiguration"),
    *("s3:PutLifecycleConfiguration", "s3:DeleteObjectVersion"),
)


def boundary(names: Names, bucket: str) -> Document:
    """Deny IAM users, other regions, and changes of bootstrap's roles and of the state's settings."""
    prefix, state_alias = names.prefix, names.key_alias("pulumi")
    iam = f"arn:aws:iam::{names.account_id}"
    return document(
        allow("*", "*", sid="AllowAll"),
        deny(_PEOPLE, "*", sid="DenyUsersAndAssumeRole"),
        deny(
            not_actions=("iam:Get*", "iam:List*"),
            resources=[
                f"{iam}:role/{prefix}-pulumi-*",
                f"{iam}:policy/{prefix}-pulumi-*",
                *(names.role_arn(role) for role in names.people_roles),
            ],
            sid="DenySelfModification",
        ),
        deny(_STATE_SETTINGS, [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], sid="DenyStateChanges"),
        deny(
            ("kms:Disable*", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"),
            "*",
            {"ForAnyValue:StringEquals": {"kms:ResourceAliases": state_alias}},
            sid="DenyStateKeyChanges",
        ),
        deny(
            ("kms:DeleteAlias", "kms:UpdateAlias"),
            f"arn:aws:kms:{names.region}:{names.account_id}:{state_alias}",
            sid="DenyStateKeyAliasChanges",
        ),
        deny(
            not_actions=("iam:*", "route53:*", "sts:*", "s3:ListAllMyBuckets", "tag:*"),
            resources="*",
            condition={"StringNotEquals": {"aws:RequestedRegion": names.region}},
            sid="DenyOtherRegions",
        ),
    )
