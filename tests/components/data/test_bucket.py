"""Tests of Bucket: private, TLS only, versioned, with a lifecycle."""

from __future__ import annotations

import pytest

from components.data import Bucket, BucketArgs
from tests.components.alone import build
from tests.harness import Deployment

WRITER = {"Sid": "Write", "Effect": "Allow", "Principal": {"Service": "x"}, "Action": "s3:PutObject"}


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    def program() -> None:
        Bucket("logs", BucketArgs(bucket="aiponge-logs", days=90, statements=[WRITER]))
        Bucket("trail", BucketArgs(bucket="aiponge-trail", days=365, key_arn="arn:key"))

    return build(program)


@pytest.mark.accepts("A53")
def test_it_can_never_be_public(deployed: Deployment) -> None:
    flags = deployed.named("logs-private").inputs
    assert flags.pop("bucket") == "aiponge-logs"
    assert flags == dict.fromkeys(
        ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True
    )
    assert deployed.named("logs-ownership")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@pytest.mark.accepts("A53")
def test_it_refuses_what_does_not_come_over_tls(deployed: Deployment) -> None:
    arn = "arn:aws:s3:::aiponge-logs"
    tls, written = deployed.named("logs-policy").document("policy")["Statement"]
    assert (tls["Effect"], tls["Principal"], tls["Action"]) == ("Deny", "*", "s3:*")
    assert tls["Resource"] == [arn, f"{arn}/*"]
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert written == WRITER


@pytest.mark.accepts("A53")
def test_what_is_overwritten_or_deleted_can_be_brought_back(deployed: Deployment) -> None:
    assert deployed.named("logs-versioning")["versioningConfiguration"] == {"status": "Enabled"}
    assert deployed.named("logs-bucket")["forceDestroy"] is False


def test_everything_in_it_ends(deployed: Deployment) -> None:
    (rule,) = deployed.named("logs-lifecycle")["rules"]
    assert rule["status"] == "Enabled"
    assert rule["expiration"] == {"days": 90}
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert deployed.named("logs-versioning").urn in deployed.named("logs-lifecycle").depends_on


@pytest.mark.parametrize(
    ("name", "default", "reused"),
    [
        ("logs", {"sseAlgorithm": "AES256"}, False),
        ("trail", {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:key"}, True),
    ],
)
def test_it_is_encrypted_with_our_key_where_its_writer_can(
    deployed: Deployment, name: str, default: dict[str, str], reused: bool
) -> None:
    (rule,) = deployed.named(f"{name}-encryption")["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == default
    assert rule["bucketKeyEnabled"] is reused
