"""Policies of the state's bucket and key, for administrators and the roles that run Pulumi only."""

from __future__ import annotations

from collections.abc import Sequence

from iam_documents import Document, administration, allow_account, deny, description, document, tls_only
from settings.names import Names

KEY_USE = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")

BUCKET_DESCRIPTION = (
    *("s3:GetBucket*", "s3:GetAccelerateConfiguration", "s3:GetAnalyticsConfiguration"),
    *("s3:GetEncryptionConfiguration", "s3:GetInventoryConfiguration", "s3:GetLifecycleConfiguration"),
    *("s3:GetMetricsConfiguration", "s3:GetReplicationConfiguration", "s3:ListTagsForResource"),
)
"""The actions that read a bucket's settings, and neither names nor contents of objects."""


def state_key(names: Names, administrators: Sequence[str], users: Sequence[str]) -> Document:
    """The key policy: administrators manage the key; they and the two roles use it."""
    who = {"ArnLike": {"aws:PrincipalArn": [*administrators, *users]}}
    return document(
        administration(names.account_root, administrators),
        description(names.account_root, names.describing_roles),
        allow_account(names.account_root, "UseForState", KEY_USE, who),
    )


def state_bucket(names: Names, administrators: Sequence[str], users: Sequence[str]) -> Document:
    """The bucket policy: TLS only, and access for administrators and the two roles only.

    AWS Config and Access Analyzer read the bucket's settings.
    """
    both = [f"arn:aws:s3:::{names.state_bucket}", f"arn:aws:s3:::{names.state_bucket}/*"]
    owners = [*administrators, *users]
    return document(
        tls_only("s3:*", both),
        deny(
            "s3:*",
            both,
            {"ArnNotLike": {"aws:PrincipalArn": [*owners, *names.describing_roles]}},
            sid="DenyOtherPrincipals",
            principal="*",
        ),
        deny(
            not_actions=BUCKET_DESCRIPTION,
            resources=both,
            condition={"ArnNotLike": {"aws:PrincipalArn": owners}},
            sid="DenyContents",
            principal="*",
        ),
    )
