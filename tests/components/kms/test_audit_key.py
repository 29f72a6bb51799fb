"""Tests of the audit key: the stack's trail and recorder encrypt, only administrators decrypt."""

from __future__ import annotations

import pytest

from tests.components.alone import keys
from tests.harness import ACCOUNT, REGION

TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/aiponge-trail"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ADMINISTRATORS = [
    f"arn:aws:iam::{ACCOUNT}:role/aiponge-pulumi-up",
    f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Administrator_*",
]
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
THROUGH_S3 = {"StringEquals": {"kms:ViaService": [f"s3.{REGION}.amazonaws.com"]}}


@pytest.mark.accepts("B35")
def test_its_key_works_for_our_trail_and_recorder_and_opens_for_administrators() -> None:
    policy = keys().named("keys-audit", "Key").document("policy")
    found = {one["Sid"]: one for one in policy["Statement"]}
    assert {"Administer", "Describe"} <= set(found)
    found = {sid: one for sid, one in found.items() if sid not in ("Administer", "Describe")}
    ours = {"aws:SourceArn": TRAIL_ARN}
    assert found == {
        "WriteTrail": {
            "Sid": "WriteTrail",
            "Effect": "Allow",
            "Principal": CLOUDTRAIL,
            "Action": ["kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {"StringEquals": {**ours, "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL_ARN}},
        },
        "CheckKey": {
            "Sid": "CheckKey",
            "Effect": "Allow",
            "Principal": CLOUDTRAIL,
            "Action": ["kms:DescribeKey"],
            "Resource": "*",
            "Condition": {"StringEquals": ours},
        },
        "ReadTrail": {
            "Sid": "ReadTrail",
            "Effect": "Allow",
            "Principal": {"AWS": ROOT},
            "Action": ["kms:Decrypt"],
            "Resource": "*",
            "Condition": {"ArnLike": {"aws:PrincipalArn": ADMINISTRATORS}, **THROUGH_S3},
        },
        "RecordConfiguration": {
            "Sid": "RecordConfiguration",
            "Effect": "Allow",
            "Principal": {"AWS": ROOT},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {
                "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/aiponge-config"},
                **THROUGH_S3,
            },
        },
    }
