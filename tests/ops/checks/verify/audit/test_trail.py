"""Tests of the trail's checks: logging, coverage, and validated, locked files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from settings.trail_queries import QUERIES
from tests.ops.live import Live, Make, Undo

NAME = "aiponge-trail"
FIRST = "aiponge/staging/incident/denied"


def _arn(live: Live) -> str:
    return f"arn:aws:cloudtrail:{live.settings.region}:{live.settings.account_id}:trail/{NAME}"


def _bucket(live: Live) -> str:
    return f"aiponge-trail-{live.settings.account_id}-{live.settings.region}"


def stopped(live: Live) -> Undo:
    trail = live.client("cloudtrail")
    trail.stop_logging(Name=NAME)
    return lambda: trail.start_logging(Name=NAME)


def _updated(**change: Any) -> Make:
    def make(live: Live) -> Undo:
        trail = live.client("cloudtrail")
        before = trail.get_trail(Name=NAME)["Trail"]
        members = trail.meta.service_model.operation_model("UpdateTrail").input_shape.members
        kept = {
            "EnableLogFileValidation": before["LogFileValidationEnabled"],
            **{key: value for key, value in before.items() if key in members},
        }
        trail.update_trail(**{**kept, **change})
        return lambda: trail.update_trail(**kept)

    return make


def undelivered(live: Live) -> Undo:
    status = live.backend("cloudtrail").trails[NAME].status
    original = status.description

    def description() -> dict[str, Any]:
        return {**original(), "LatestDeliveryError": "AccessDenied"}

    status.description = description
    return lambda: delattr(status, "description")


def _selected(**change: Any) -> Make:
    def make(live: Live) -> Undo:
        trail = live.client("cloudtrail")
        before = trail.get_event_selectors(TrailName=NAME)["EventSelectors"]
        trail.put_event_selectors(TrailName=NAME, EventSelectors=[{**before[0], **change}])
        return lambda: trail.put_event_selectors(TrailName=NAME, EventSelectors=before)

    return make


def _locked(**retention: Any) -> Make:
    def make(live: Live) -> Undo:
        s3, bucket = live.client("s3"), _bucket(live)
        before = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        rule = {"DefaultRetention": {**before["Rule"]["DefaultRetention"], **retention}}
        s3.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
        return lambda: s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=before)

    return make


def opened(live: Live) -> Undo:
    s3, bucket = live.client("s3"), _bucket(live)
    before = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={**before, "RestrictPublicBuckets": False}
    )
    return lambda: s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=before)


def read_unseen(live: Live) -> Undo:
    s3, bucket = live.client("s3"), _bucket(live)
    before = s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    return lambda: s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": before})


def without_tls(live: Live) -> Undo:
    s3, bucket = live.client("s3"), _bucket(live)
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    statements = [one for one in json.loads(before)["Statement"] if one["Effect"] == "Allow"]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    return lambda: s3.put_bucket_policy(Bucket=bucket, Policy=before)


def _asked(text: str | None, groups: list[str]) -> Make:
    def make(live: Live) -> Undo:
        logs = live.client("logs")
        listed = logs.describe_query_definitions()["queryDefinitions"]
        before = next(one for one in listed if one["name"] == FIRST)
        if text is None:
            logs.delete_query_definition(queryDefinitionId=before["queryDefinitionId"])
        else:
            logs.put_query_definition(**{**before, "queryString": text, "logGroupNames": groups})
        return lambda: logs.put_query_definition(**before)

    return make


B35, B58 = pytest.mark.accepts("B35"), pytest.mark.accepts("B58")
GROUP = "/aiponge/staging/trail"
SLIPS = [
    pytest.param(stopped, "is not logging", "audit-trail-logging", marks=B35),
    pytest.param(
        undelivered,
        "cannot deliver its log files: AccessDenied",
        "audit-trail-logging",
        marks=B35,
        id="undelivered",
    ),
    pytest.param(
        _updated(IsMultiRegionTrail=False),
        "covers one region only",
        "audit-trail",
        marks=B35,
        id="one_region",
    ),
    pytest.param(
        _updated(IncludeGlobalServiceEvents=False),
        "does not include global services (IAM, STS)",
        "audit-trail",
        marks=B35,
        id="no_global",
    ),
    pytest.param(
        _updated(EnableLogFileValidation=False),
        "does not validate its log files",
        "audit-trail",
        marks=B35,
        id="no_digests",
    ),
    pytest.param(
        _updated(KmsKeyId="alias/aiponge-data"),
        "is not encrypted with alias/aiponge-audit",
        "audit-trail",
        marks=B35,
        id="another_key",
    ),
    pytest.param(
        _selected(ReadWriteType="WriteOnly"),
        "does not log all management events",
        "audit-trail-calls",
        marks=B35,
        id="writes_only",
    ),
    pytest.param(
        _selected(IncludeManagementEvents=False),
        "does not log all management events",
        "audit-trail-calls",
        marks=B35,
        id="data_only",
    ),
    pytest.param(
        _selected(ExcludeManagementEventSources=["kms.amazonaws.com"]),
        "excludes events of kms.amazonaws.com",
        "audit-trail-calls",
        marks=B35,
        id="no_keys",
    ),
    pytest.param(
        _locked(Days=1),
        "its Object Lock retention is 1 days, declared are 7",
        "audit-files",
        marks=B35,
        id="unlocked",
    ),
    pytest.param(
        _locked(Mode="COMPLIANCE"),
        "its Object Lock mode is COMPLIANCE, declared is GOVERNANCE",
        "audit-files",
        marks=B35,
        id="another_lock",
    ),
    pytest.param(opened, "public access is not blocked", "audit-files", marks=B35),
    pytest.param(read_unseen, "server access logging is off", "audit-files", marks=B35),
    pytest.param(without_tls, "accepts requests without TLS", "audit-files", marks=B35),
    pytest.param(_asked(None, []), "does not exist", "audit-queries", marks=B58, id="query_gone"),
    pytest.param(
        _asked("fields @message", [GROUP]),
        "its log group or text is not the declared one",
        "audit-queries",
        marks=B58,
        id="another_query",
    ),
    pytest.param(
        _asked(QUERIES["denied"], ["/aiponge/staging/user"]),
        "its log group or text is not the declared one",
        "audit-queries",
        marks=B58,
        id="another_log",
    ),
]


@pytest.mark.parametrize(("slip", "problem", "slug"), SLIPS)
def test_each_slip_of_the_trail_is_found_by_its_check(
    live: Live, slip: Make, problem: str, slug: str
) -> None:
    assert [(one.check, one.problem) for one in live.findings_of(slip)] == [(slug, problem)]


@pytest.mark.accepts("B35")
def test_a_trail_that_is_gone_is_found(live: Live) -> None:
    def gone(live: Live) -> Undo:
        trails = live.backend("cloudtrail").trails
        before = trails.pop(NAME)
        return lambda: trails.update({NAME: before})

    (finding,) = live.findings_of(gone, "audit-trail", "audit-files")
    assert finding.problem == "does not exist: no API call is logged"
    assert finding.subject == NAME
