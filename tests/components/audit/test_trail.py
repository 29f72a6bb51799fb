"""Tests of the trail: all regions and calls, log file validation, and a locked, access logged bucket."""

from __future__ import annotations

from typing import Any

import pytest

from settings.trail_queries import QUERIES
from tests.components.alone import audit
from tests.harness import ACCOUNT, REGION, Deployment

TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/aiponge-trail"
TRAIL_BUCKET, CONFIG_BUCKET, ACCESS_BUCKET = (
    f"aiponge-{what}-{ACCOUNT}-{REGION}" for what in ("trail", "config", "access")
)
CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return audit()


@pytest.fixture(scope="module")
def trail(prod: Deployment) -> dict[str, Any]:
    return prod.only("Trail").inputs


def statements(deployment: Deployment, name: str, type_: str) -> dict[str, dict[str, Any]]:
    policy = deployment.named(name, type_).document("policy")
    return {one["Sid"]: one for one in policy["Statement"]}


@pytest.mark.accepts("B35")
def test_it_is_on_in_every_region_and_for_services_of_no_region(trail: dict[str, Any]) -> None:
    assert trail["enableLogging"] is True
    assert trail["isMultiRegionTrail"] is True
    assert trail["includeGlobalServiceEvents"] is True
    assert trail["isOrganizationTrail"] is False


@pytest.mark.accepts("B35")
def test_its_files_can_be_proved_and_are_encrypted_with_a_key_of_their_own(trail: dict[str, Any]) -> None:
    assert trail["enableLogFileValidation"] is True
    assert trail["kmsKeyId"].endswith(":keys-audit")


@pytest.mark.accepts("B35")
def test_it_keeps_every_call_and_every_use_of_a_key(trail: dict[str, Any]) -> None:
    (selector,) = trail["eventSelectors"]
    assert selector["readWriteType"] == "All"
    assert selector["includeManagementEvents"] is True
    assert selector["excludeManagementEventSources"] == []
    assert "advancedEventSelectors" not in trail


def test_it_sees_who_touches_the_state_of_pulumi(trail: dict[str, Any]) -> None:
    (selector,) = trail["eventSelectors"]
    assert selector["dataResources"] == [
        {"type": "AWS::S3::Object", "values": [f"arn:aws:s3:::aiponge-pulumi-{ACCOUNT}-{REGION}/"]}
    ]


@pytest.mark.accepts("B35")
def test_its_lines_can_be_searched_for_a_year_under_our_key(prod: Deployment, trail: dict[str, Any]) -> None:
    group = prod.named("audit-trail", "LogGroup")
    assert group["name"] == "/aiponge/prod/trail"
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"].endswith(":keys-logs")
    assert trail["cloudWatchLogsGroupArn"] == f"{group.arn}:*"


@pytest.mark.accepts("B35")
def test_its_role_is_cloudtrails_and_may_write_that_log_only(prod: Deployment, trail: dict[str, Any]) -> None:
    role = prod.named("audit-trail", "aws:iam/role:Role")
    assert trail["cloudWatchLogsRoleArn"] == role.arn
    assert role.document("assumeRolePolicy")["Statement"] == [
        {"Effect": "Allow", "Principal": CLOUDTRAIL, "Action": "sts:AssumeRole"}
    ]
    permission = prod.named("audit-trail", "RolePolicy")
    assert permission.document("policy")["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aiponge/prod/trail"
            f":log-stream:{ACCOUNT}_CloudTrail_{REGION}*",
        }
    ]


@pytest.mark.accepts("B35")
def test_it_starts_when_it_may_write(prod: Deployment) -> None:
    waits = prod.only("Trail").depends_on
    assert {
        prod.named("audit-trail-policy", "BucketPolicy").urn,
        prod.named("audit-trail", "RolePolicy").urn,
    } <= waits


@pytest.mark.accepts("B35")
def test_its_files_are_locked_against_everybody_for_a_year(prod: Deployment) -> None:
    lock = prod.named("audit-trail-lock")
    assert prod.named("audit-trail-bucket")["objectLockEnabled"] is True
    assert lock["bucket"] == TRAIL_BUCKET
    assert lock["objectLockEnabled"] == "Enabled"
    assert lock["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 365}}
    assert prod.named("audit-trail-versioning").urn in lock.depends_on


@pytest.mark.accepts("B35")
def test_staging_locks_its_files_for_a_week_that_an_administrator_may_shorten() -> None:
    lock = audit("staging").named("audit-trail-lock")
    assert lock["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 7}}


def test_no_bucket_that_its_writer_could_not_write_is_locked(prod: Deployment) -> None:
    assert [one["bucket"] for one in prod.all("BucketObjectLockConfiguration")] == [TRAIL_BUCKET]


@pytest.mark.accepts("B35")
def test_only_our_own_trail_writes_to_its_bucket(prod: Deployment, trail: dict[str, Any]) -> None:
    assert trail["s3BucketName"] == TRAIL_BUCKET
    found = statements(prod, "audit-trail-policy", "BucketPolicy")
    assert found.pop("TlsOnly")["Effect"] == "Deny"
    assert found == {
        "TrailGetBucketAcl": {
            "Sid": "TrailGetBucketAcl",
            "Effect": "Allow",
            "Principal": CLOUDTRAIL,
            "Action": "s3:GetBucketAcl",
            "Resource": f"arn:aws:s3:::{TRAIL_BUCKET}",
            "Condition": {"StringEquals": {"aws:SourceArn": TRAIL_ARN}},
        },
        "TrailPutObject": {
            "Sid": "TrailPutObject",
            "Effect": "Allow",
            "Principal": CLOUDTRAIL,
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{TRAIL_BUCKET}/AWSLogs/{ACCOUNT}/*",
            "Condition": {
                "StringEquals": {
                    "aws:SourceArn": TRAIL_ARN,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                }
            },
        },
    }


@pytest.mark.accepts("B35")
def test_each_file_has_a_data_key_of_the_trails_own_context(prod: Deployment) -> None:
    (rule,) = prod.named("audit-trail-encryption")["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"].endswith(":keys-audit")
    assert rule["bucketKeyEnabled"] is False


@pytest.mark.accepts("B35")
@pytest.mark.parametrize(("name", "bucket"), [("trail", TRAIL_BUCKET), ("config", CONFIG_BUCKET)])
def test_who_reads_the_record_is_recorded_elsewhere(prod: Deployment, name: str, bucket: str) -> None:
    logging = prod.named(f"audit-{name}-logging")
    assert (logging["bucket"], logging["targetBucket"]) == (bucket, ACCESS_BUCKET)
    assert logging["targetPrefix"] == f"{bucket}/"
    assert prod.named("audit-access-policy").urn in logging.depends_on


def test_the_record_of_readers_is_written_by_s3_for_these_buckets_only(prod: Deployment) -> None:
    buckets = [TRAIL_BUCKET, CONFIG_BUCKET]
    assert statements(prod, "audit-access-policy", "BucketPolicy")["AccessLogs"] == {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": [f"arn:aws:s3:::{ACCESS_BUCKET}/{one}/*" for one in buckets],
        "Condition": {
            "ArnEquals": {"aws:SourceArn": [f"arn:aws:s3:::{one}" for one in buckets]},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        },
    }


def test_files_are_kept_as_long_as_the_stack_says() -> None:
    for stack, days in (("prod", 365), ("staging", 90)):
        for name in ("trail", "config", "access"):
            (rule,) = audit(stack).named(f"audit-{name}-lifecycle")["rules"]
            assert rule["expiration"] == {"days": days}


@pytest.mark.accepts("B35")
@pytest.mark.parametrize("kind", ["Trail", "audit-trail-lock", "audit-detector"])
def test_the_record_is_protected_in_production(kind: str) -> None:
    for stack, protected in (("prod", True), ("staging", False)):
        found = audit(stack).all(kind) or [audit(stack).named(kind)]
        assert [one.protect for one in found] == [protected]


@pytest.mark.accepts("B58")
@pytest.mark.parametrize("query", ["reads-by-principal", "denied", "new-keys", "role-use", "deletions"])
def test_a_question_of_an_incident_lies_ready(prod: Deployment, query: str) -> None:
    found = prod.named(f"audit-{query}", "QueryDefinition")
    assert found["name"] == f"aiponge/prod/incident/{query}"
    assert found["logGroupNames"] == ["/aiponge/prod/trail"]
    assert found["queryString"] == QUERIES[query]


@pytest.mark.accepts("B58")
@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (
            "reads-by-principal",
            ("GetSecretValue", "BatchGetSecretValue", "GetParameters", "Decrypt", "by who"),
        ),
        ("denied", ("AccessDenied", "Unauthorized", "errorMessage")),
        ("new-keys", ("CreateAccessKey", "CreateUser", "CreateLoginProfile", "CreateGrant")),
        ("role-use", ("AssumeRole", "AssumeRoleWithWebIdentity", "StartSession", "SendCommand")),
        ("deletions", ("Delete", "ScheduleKeyDeletion", "StopLogging", "eventSource")),
    ],
)
def test_a_question_asks_for_what_it_is_named_after(query: str, asked: tuple[str, ...]) -> None:
    assert [word for word in asked if word not in QUERIES[query]] == []
    assert "as who" in QUERIES[query]
    assert len(QUERIES) == 5


@pytest.mark.parametrize("query", sorted(QUERIES))
def test_no_question_shows_a_request_whole(query: str) -> None:
    """A whole request may name what a caller passed; the listed members are names."""
    assert "@message" not in QUERIES[query]
    assert "responseElements" not in QUERIES[query]
