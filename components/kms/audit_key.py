"""The audit key encrypts for our own trail and recorder only, and opens for administrators only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.iam import Statement
from settings.names import Names

_TRAIL = {"Service": "cloudtrail.amazonaws.com"}


def audit_use(names: Names, administrators: Sequence[str]) -> list[Statement]:
    """What the key policy allows besides administration; ``administrators`` are role ARN patterns."""
    ours = {"aws:SourceArn": names.trail_arn}
    through_s3 = {"StringEquals": {"kms:ViaService": [f"s3.{names.region}.amazonaws.com"]}}
    account = {"AWS": names.account_root}
    return [
        _allow(
            "WriteTrail",
            _TRAIL,
            ["kms:GenerateDataKey*"],
            {"StringEquals": {**ours, "kms:EncryptionContext:aws:cloudtrail:arn": names.trail_arn}},
        ),
        _allow("CheckKey", _TRAIL, ["kms:DescribeKey"], {"StringEquals": ours}),
        _allow(
            "ReadTrail",
            account,
            ["kms:Decrypt"],
            {"ArnLike": {"aws:PrincipalArn": list(administrators)}, **through_s3},
        ),
        _allow(
            "RecordConfiguration",
            account,
            ["kms:Decrypt", "kms:GenerateDataKey"],
            {"ArnEquals": {"aws:PrincipalArn": names.role_arn(names.config_role)}, **through_s3},
        ),
    ]


def _allow(
    sid: str, principal: Mapping[str, str], actions: Sequence[str], condition: Mapping[str, object]
) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": dict(principal),
        "Action": list(actions),
        "Resource": "*",  # in a key policy: this key
        "Condition": dict(condition),
    }
