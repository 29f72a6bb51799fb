"""Builds the statements of KMS key policies, and says which actions administer a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iam_documents.build import Statement, allow

KEY_ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:Create*",
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
"""What administers a key. None of them encrypts or decrypts: using a key takes a statement of its own."""


def allow_key(
    sid: str,
    principal: Mapping[str, Any],
    actions: str | Sequence[str],
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """Allow ``actions`` on the key whose policy this is: in a key policy, ``*`` is that key."""
    return allow(actions, "*", condition, sid=sid, principal=dict(principal))


def allow_account(
    account_root: str, sid: str, actions: str | Sequence[str], condition: Mapping[str, Any]
) -> Statement:
    """Allow the account's own principals that meet ``condition``, as far as their own policies allow it too.

    The account stands for its roles because a role must exist before a key policy may name it.
    """
    return allow_key(sid, {"AWS": account_root}, actions, condition)


def administration(account_root: str, administrators: Sequence[str]) -> Statement:
    """Allow administrators and the root user to administer the key.

    Without the root user, AWS support alone could reach a key whose administrators are gone.
    """
    who = {"ArnLike": {"aws:PrincipalArn": [*administrators, account_root]}}
    return allow_account(account_root, "Administer", KEY_ADMINISTRATION, who)
