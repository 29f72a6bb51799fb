"""Builds the statements of KMS key policies, and lists the actions that administer a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iam_documents.build import Statement, allow

KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Revoke*",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
"""The actions that administer a key; none of them encrypts, decrypts, or grants that to a principal."""

KEY_DESCRIPTION = (
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
)
"""The actions that read a key's metadata, and no key material."""


def allow_key(
    sid: str,
    principal: Mapping[str, Any],
    actions: str | Sequence[str],
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """Allow ``actions`` on the key: in a key policy, the resource ``*`` is the key itself."""
    return allow(actions, "*", condition, sid=sid, principal=dict(principal))


def allow_account(
    account_root: str, sid: str, actions: str | Sequence[str], condition: Mapping[str, Any]
) -> Statement:
    """Allow the account's principals that satisfy ``condition``, where their own policies allow it too.

    The principal is the account, because a role must exist before a key policy can name it.
    """
    return allow_key(sid, {"AWS": account_root}, actions, condition)


def allow_role(
    role_arn: str, sid: str, actions: str | Sequence[str], condition: Mapping[str, Any]
) -> Statement:
    """Allow one role by itself, which may have no policy that allows it and need not exist yet.

    A service-linked role is such a role: the services that use it grant nothing on keys to it.
    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    account = role_arn.split(":")[4]
    equals = {**condition.get("StringEquals", {}), "kms:CallerAccount": account}
    only = {**condition, "StringEquals": equals, "ArnEquals": {"aws:PrincipalArn": role_arn}}
    return allow_key(sid, {"AWS": "*"}, actions, only)


def administration(account_root: str, administrators: Sequence[str]) -> Statement:
    """Allow administrators and the root user to administer the key.

    Without the root user, only AWS Support could recover a key whose administrators no longer exist.
    """
    who = {"ArnLike": {"aws:PrincipalArn": [*administrators, account_root]}}
    return allow_account(account_root, "Administer", KEY_ADMINISTRATION, who)


def description(account_root: str, describers: Sequence[str]) -> Statement:
    """Allow roles that match the ARN patterns ``describers`` to read the key's metadata."""
    return allow_account(
        account_root, "Describe", KEY_DESCRIPTION, {"ArnLike": {"aws:PrincipalArn": list(describers)}}
    )
