"""The permissions boundary of the roles that run Pulumi."""

from __future__ import annotations

from iam_documents import Document, Statement, allow, deny, document
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


_GLOBAL = ("iam:*", "route53:*", "sts:*", "s3:ListAllMyBuckets", "tag:*")
_COPIES = ("backup:*", "backup-storage:*", "kms:*")


def boundary(names: Names, bucket: str, copy_region: str | None = None) -> Document:
    """Deny IAM users, other regions, and changes of bootstrap's roles and of the state's settings.

    In the region of the copies of backups it allows vaults and their keys.
    """
    prefix, state_alias = names.prefix, names.key_alias("pulumi")
    regions = [names.region] if copy_region is None else [names.region, copy_region]
    elsewhere: list[Statement] = []
    if copy_region is not None:
        elsewhere.append(
            deny(
                not_actions=(*_GLOBAL, *_COPIES),
                resources="*",
                condition={"StringEquals": {"aws:RequestedRegion": copy_region}},
                sid="DenyOtherServicesInCopyRegion",
            )
        )
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
            not_actions=_GLOBAL,
            resources="*",
            condition={"StringNotEquals": {"aws:RequestedRegion": regions}},
            sid="DenyOtherRegions",
        ),
        *elsewhere,
    )
