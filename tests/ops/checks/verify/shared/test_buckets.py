"""Tests of the checks of buckets: each weakened setting is found by its own check."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ops.live import ACCOUNT, Live, Make, Undo

UPLOADS = f"aiponge-data-uploads-{ACCOUNT}-eu-west-1"


def backend_bucket(live: Live) -> Any:
    """moto's bucket, for changes that its API would not take back."""
    from moto.backends import get_backend

    live.client("s3")
    return get_backend("s3")[ACCOUNT]["aws"].buckets[UPLOADS]  # type: ignore[index]


def _changed(**changes: Any) -> Make:
    def make(live: Live) -> Undo:
        bucket = backend_bucket(live)
        before = {key: getattr(bucket, key) for key in changes}
        for key, value in changes.items():
            setattr(bucket, key, value)
        return lambda: [setattr(bucket, key, value) for key, value in before.items()]

    return make


def _without(sid: str) -> Make:
    """Remove a statement of the bucket policy."""

    def make(live: Live) -> Undo:
        s3 = live.client("s3")
        before = s3.get_bucket_policy(Bucket=UPLOADS)["Policy"]
        document = json.loads(before)
        document["Statement"] = [one for one in document["Statement"] if one["Sid"] != sid]
        s3.put_bucket_policy(Bucket=UPLOADS, Policy=json.dumps(document))
        return lambda: s3.put_bucket_policy(Bucket=UPLOADS, Policy=before)

    return make


def _lifecycle_of(days: int) -> Make:
    def make(live: Live) -> Undo:
        s3 = live.client("s3")
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=UPLOADS)["Rules"]

        def put(one: dict[str, Any]) -> None:
            s3.put_bucket_lifecycle_configuration(Bucket=UPLOADS, LifecycleConfiguration={"Rules": [one]})

        put({**rule, "NoncurrentVersionExpiration": {"NoncurrentDays": days}})
        return lambda: put(rule)

    return make


def encrypted_with_the_key_of_s3(live: Live) -> Undo:
    s3 = live.client("s3")
    before = s3.get_bucket_encryption(Bucket=UPLOADS)["ServerSideEncryptionConfiguration"]

    def put(rules: list[dict[str, Any]]) -> None:
        s3.put_bucket_encryption(Bucket=UPLOADS, ServerSideEncryptionConfiguration={"Rules": rules})

    put([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}])
    return lambda: put(before["Rules"])


def writer_without_permission(live: Live) -> Undo:
    """Take the permission to put objects from the task role of a declared writer."""
    iam = live.client("iam")
    asked = {"RoleName": "aiponge-task-storage", "PolicyName": "run"}
    before = iam.get_role_policy(**asked)["PolicyDocument"]
    statements = [one for one in before["Statement"] if "s3:PutObject" not in one["Action"]]
    iam.put_role_policy(**asked, PolicyDocument=json.dumps({**before, "Statement": statements}))
    return lambda: iam.put_role_policy(**asked, PolicyDocument=json.dumps(before))


def test_a_healthy_stack_has_no_finding(live: Live) -> None:
    parts = ("buckets-", "queues-", "schedules-")
    assert [str(one) for one in live.healthy if one.check.startswith(parts)] == []


@pytest.mark.parametrize(
    ("make", "check", "says"),
    [
        (_changed(public_access_block=None), "buckets-private", "public access is not blocked"),
        (_changed(logging=None), "buckets-private", "server access logging is off"),
        (
            encrypted_with_the_key_of_s3,
            "buckets-encrypted",
            "its default encryption is not alias/aiponge-buckets",
        ),
        (_changed(versioning_status="Suspended"), "buckets-recoverable", "versioning is not enabled"),
        (
            _lifecycle_of(3),
            "buckets-recoverable",
            "its lifecycle is not that of expireDays and oldVersionDays",
        ),
        (_without("TlsOnly"), "buckets-users", "its policy accepts requests without TLS"),
        (
            _without("OnlyReadersRead"),
            "buckets-users",
            "its policy does not deny s3:GetObject to undeclared roles",
        ),
        (
            _without("OnlyWritersWrite"),
            "buckets-users",
            "its policy does not deny s3:PutObject to undeclared roles",
        ),
        (
            writer_without_permission,
            "buckets-users",
            "role aiponge-task-storage is declared under buckets.uploads.writers and cannot put objects",
        ),
    ],
)
def test_a_weakened_setting_is_found(live: Live, make: Make, check: str, says: str) -> None:
    found = live.findings_of(make, "buckets-")
    assert [(one.check, one.subject, one.problem) for one in found] == [(check, f"bucket {UPLOADS}", says)]


def test_a_missing_bucket_is_found(live: Live) -> None:
    def make(live: Live) -> Undo:
        from moto.backends import get_backend

        live.client("s3")
        buckets = get_backend("s3")[ACCOUNT]["aws"].buckets  # type: ignore[index]
        kept = buckets.pop(UPLOADS)
        return lambda: buckets.update({UPLOADS: kept})

    (found,) = live.findings_of(make, "buckets-")
    assert (found.check, found.problem) == ("buckets-present", "does not exist")
