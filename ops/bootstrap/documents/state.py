"""Policies of the state's bucket and key, for administrators and the roles that run Pulumi only."""

from __future__ import annotations

from collections.abc import Sequence

from iam_documents import Document, administration, allow_account, deny, document, tls_only
from settings.names import Names

KEY_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")


def state_key(names: Names, administrators: Sequence[str], users: Sequence[str]) -> Document:
    """The key policy: administrators manage the key; they and the two roles use it."""
    who = {"ArnLike": {"aws:PrincipalArn": [*administrators, *users]}}
    return document(
        administration(names.account_root, administrators),
        allow_account(names.account_root, "UseForState", KEY_USE, who),
    )


def state_bucket(bucket: str, administrators: Sequence[str], users: Sequence[str]) -> Document:
    """The bucket policy: TLS only, and access for administrators and the two roles only."""
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    others = {"ArnNotLike": {"aws:PrincipalArn": [*administrators, *users]}}
    return document(
        tls_only("s3:*", both),
        deny("s3:*", both, others, sid="DenyOtherPrincipals", principal="*"),
    )
