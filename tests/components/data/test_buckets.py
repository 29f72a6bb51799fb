"""Tests of Buckets: one key, the declared lifecycle, and objects for the declared roles only."""

from __future__ import annotations

import pytest

from components.data import Buckets, BucketsArgs
from iam_documents import Request, allow, document, may
from settings.grants import grants
from tests.components.alone import build
from tests.components.stand_ins import standing_in
from tests.harness import ACCOUNT, Deployment
from tests.parts import parts_settings

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
UPLOADS = f"aiponge-data-uploads-{ACCOUNT}-eu-west-1"
EVERYTHING = document(allow("*", "*"))


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    settings = parts_settings()

    def program() -> None:
        logs = standing_in(bucket="aiponge-access", ready=())
        args = BucketsArgs(
            names=settings.names,
            buckets=settings.buckets,
            access=grants(settings).buckets,
            administrators=settings.administrators,
            key_arn=KEY,
            access_logs=logs,
        )
        Buckets("buckets", args)

    return build(program)


def allowed(deployed: Deployment, role: str, action: str, **context: str) -> bool:
    """Whether the bucket policy leaves the call to the role, whose own policy allows everything."""
    policy = deployed.named("buckets-uploads-policy").document("policy")
    request = Request(
        f"s3:{action}",
        f"arn:aws:s3:::{UPLOADS}/x",
        f"arn:aws:iam::{ACCOUNT}:role/{role}",
        {"aws:SecureTransport": "true", **context},
    )
    return may(request, [EVERYTHING], resource=policy)


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("aiponge-task-storage", True, True),
        ("aiponge-task-user", True, False),
        ("aiponge-task-music", False, False),
        ("aiponge-pulumi-up", True, True),
    ],
)
def test_only_readers_get_and_only_writers_put(
    deployed: Deployment, role: str, reads: bool, writes: bool
) -> None:
    assert allowed(deployed, role, "GetObject") is reads
    assert allowed(deployed, role, "GetObjectVersion") is reads
    assert allowed(deployed, role, "PutObject") is writes
    assert allowed(deployed, role, "DeleteObjectVersion") is writes


def test_a_request_without_tls_is_denied(deployed: Deployment) -> None:
    storage = "aiponge-task-storage"
    assert not allowed(deployed, storage, "GetObject", **{"aws:SecureTransport": "false"})


@pytest.mark.parametrize(
    ("header", "value", "taken"),
    [
        ("s3:x-amz-server-side-encryption", "aws:kms", True),
        ("s3:x-amz-server-side-encryption", "AES256", False),
        ("s3:x-amz-server-side-encryption-aws-kms-key-id", KEY, True),
        ("s3:x-amz-server-side-encryption-aws-kms-key-id", f"{KEY}2", False),
    ],
)
def test_an_upload_cannot_choose_another_encryption(
    deployed: Deployment, header: str, value: str, taken: bool
) -> None:
    assert allowed(deployed, "aiponge-task-storage", "PutObject", **{header: value}) is taken


def test_objects_are_encrypted_with_the_key_of_buckets(deployed: Deployment) -> None:
    (rule,) = deployed.named("buckets-uploads-encryption")["rules"]
    assert rule == {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
        # The encryption context is the bucket's ARN then, which the roles' policies name.
        "bucketKeyEnabled": True,
    }


def test_objects_and_old_versions_expire_as_declared(deployed: Deployment) -> None:
    (uploads,) = deployed.named("buckets-uploads-lifecycle")["rules"]
    (exports,) = deployed.named("buckets-exports-lifecycle")["rules"]
    assert "expiration" not in uploads
    assert uploads["noncurrentVersionExpiration"] == {"noncurrentDays": 14}
    assert exports["expiration"] == {"days": 90}
    assert exports["noncurrentVersionExpiration"] == {"noncurrentDays": 30}


def test_each_access_is_logged(deployed: Deployment) -> None:
    logging = deployed.named("buckets-uploads-logging")
    assert (logging["targetBucket"], logging["targetPrefix"]) == ("aiponge-access", f"{UPLOADS}/")
