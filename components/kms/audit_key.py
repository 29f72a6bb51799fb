"""The policy of the audit key: the stack's trail and recorder encrypt, only administrators decrypt."""

from __future__ import annotations

from collections.abc import Sequence

from iam_documents import Statement, allow_account, allow_key
from settings.names import Names

_TRAIL = {"Service": "cloudtrail.amazonaws.com"}


def audit_use(names: Names, administrators: Sequence[str]) -> list[Statement]:
    """What the key policy allows besides administration; ``administrators`` are role ARN patterns."""
    ours = {"aws:SourceArn": names.trail_arn}
    through_s3 = {"StringEquals": {"kms:ViaService": [f"s3.{names.region}.amazonaws.com"]}}
    return [
        allow_key(
            "WriteTrail",
            _TRAIL,
            ["kms:GenerateDataKey*"],
            {"StringEquals": {**ours, "kms:EncryptionContext:aws:cloudtrail:arn": names.trail_arn}},
        ),
        allow_key("CheckKey", _TRAIL, ["kms:DescribeKey"], {"StringEquals": ours}),
        allow_account(
            names.account_root,
            "ReadTrail",
            ["kms:Decrypt"],
            {"ArnLike": {"aws:PrincipalArn": list(administrators)}, **through_s3},
        ),
        allow_account(
            names.account_root,
            "RecordConfiguration",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            {"ArnEquals": {"aws:PrincipalArn": names.role_arn(names.config_role)}, **through_s3},
        ),
    ]
