"""A stack is deleted whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.core.exits import Exit
from ops.destroy.destroy import How, destroy
from tests.ops.destroy.small_engine import GROUP, IMAGES, LOGS, TRAIL, Account, SmallEngine, filled_account
from tests.ops.rotation.small_stack import refusal

APPLY = How(write=True)


def test_leaves_nothing_but_the_state_bucket(filled: Account) -> None:
    assert destroy(filled.context(), APPLY) == Exit.DONE
    assert filled.engine.left == []
    assert filled.buckets() == [filled.context().settings.names.state_bucket]
    assert filled.client("ecr").describe_repositories()["repositories"] == []
    assert filled.client("logs").describe_log_groups()["logGroups"] == []


def test_unprotects_what_is_protected_and_nothing_else(filled: Account) -> None:
    protected = [one.urn for one in filled.engine.left if one.protect]
    destroy(filled.context(), APPLY)
    assert filled.engine.unprotected == protected


def test_is_a_dry_run_until_told_otherwise(filled: Account, capsys: pytest.CaptureFixture[str]) -> None:
    before = filled.engine.resources()
    assert destroy(filled.context(), How()) == Exit.DONE
    said = capsys.readouterr().out
    assert "would delete 5 resources of staging" in said
    assert f"would delete everything in bucket {LOGS}" in said
    assert f"would delete everything in image repository {IMAGES}" in said
    assert (filled.engine.left, filled.engine.deletions) == (before, 0)
    assert filled.objects(LOGS) == 4


def test_says_what_it_keeps_and_why(filled: Account, capsys: pytest.CaptureFixture[str]) -> None:
    destroy(filled.context(as_json=True), How())
    kept = {one["what"]: one["why"] for one in json.loads(capsys.readouterr().out)["kept"]}
    assert kept["KMS keys"] == "pending deletion for 30 days"
    assert kept["secrets"].startswith("in recovery for ")
    assert filled.context().settings.names.state_bucket in kept


def test_empties_again_what_was_written_to_meanwhile(filled: Account) -> None:
    def log_line(attempt: int) -> None:
        if attempt == 1:
            filled.client("s3").put_object(Bucket=LOGS, Key="late", Body=b"one more line")

    filled.engine.interrupted = log_line
    assert destroy(filled.context(), APPLY) == Exit.DONE
    assert filled.engine.deletions == 2
    assert LOGS not in filled.buckets()


def test_stops_where_nothing_goes_away(filled: Account) -> None:
    def log_line(attempt: int) -> None:
        filled.client("s3").put_object(Bucket=LOGS, Key="late", Body=b"one more line")

    filled.engine.interrupted = log_line
    said = refusal(Exit.PARTLY, lambda: destroy(filled.context(), APPLY))
    assert "BucketNotEmpty" in said
    assert "3 resources are left" in said
    assert filled.engine.deletions == 3


def test_deletes_log_groups_that_a_service_created_again(filled: Account) -> None:
    def again(attempt: int) -> None:
        filled.client("logs").create_log_group(
            logGroupName="/aws/ecs/containerinsights/aiponge-staging/performance"
        )

    filled.engine.interrupted = again
    assert destroy(filled.context(), APPLY) == Exit.DONE
    assert filled.client("logs").describe_log_groups()["logGroups"] == []


def test_keeps_a_log_group_of_another_stack(filled: Account) -> None:
    other = GROUP.replace("staging", "prod")
    filled.client("logs").create_log_group(logGroupName=other)
    destroy(filled.context(), APPLY)
    (left,) = filled.client("logs").describe_log_groups()["logGroups"]
    assert left["logGroupName"] == other


def test_keeps_objects_that_nobody_can_delete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with filled_account(tmp_path, lock="COMPLIANCE") as filled:
        assert destroy(filled.context(), APPLY) == Exit.DONE
        assert [one.id for one in filled.engine.left] == [TRAIL]
        assert filled.objects(TRAIL) == 3
        said = capsys.readouterr().out
        assert f"kept bucket {TRAIL}, and the key that encrypts it: its objects are locked" in said


def test_an_object_that_s3_does_not_delete_is_an_error(
    filled: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = filled.context()
    client = context.aws.client("s3")
    refused: Any = {"Errors": [{"Key": "log-1", "VersionId": "1", "Code": "AccessDenied"}]}
    monkeypatch.setattr(client, "delete_objects", lambda **_: refused)
    said = refusal(Exit.UNREACHABLE, lambda: destroy(context, APPLY))
    assert "DeleteObjects of log-1" in said
    assert "--resume" in said


def test_an_image_that_ecr_does_not_delete_is_an_error(
    filled: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = filled.context()
    client = context.aws.client("ecr")
    refused: Any = {
        "failures": [{"imageId": {"imageDigest": "sha256:1"}, "failureCode": "ImageReferencedByManifestList"}]
    }
    monkeypatch.setattr(client, "batch_delete_image", lambda **_: refused)
    assert "BatchDeleteImage of sha256:1" in refusal(Exit.UNREACHABLE, lambda: destroy(context, APPLY))


def test_resume_without_a_record_deletes_nothing(filled: Account) -> None:
    said = refusal(Exit.REFUSED, lambda: destroy(filled.context(), How(write=True, resume=True)))
    assert "nothing to resume" in said
    assert filled.engine.deletions == 0


def test_of_an_empty_state_says_so(filled: Account, capsys: pytest.CaptureFixture[str]) -> None:
    filled.engine.left = []
    assert destroy(filled.context(), APPLY) == Exit.DONE
    assert "the state has no resources" in capsys.readouterr().out
    assert filled.stack.open() is None


def test_another_error_of_aws_is_not_taken_for_an_empty_bucket(
    filled: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = filled.context()

    def denied(*_: Any, **__: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListObjectVersions")

    monkeypatch.setattr(context.aws.client("s3"), "get_paginator", denied)
    with pytest.raises(ClientError, match="AccessDenied"):
        destroy(context, APPLY)
    assert filled.engine.deletions == 0


def test_a_success_of_the_engine_that_left_resources_is_not_believed(
    filled: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmallEngine, "destroy", lambda self, keep: None)
    said = refusal(Exit.PARTLY, lambda: destroy(filled.context(), APPLY))
    assert "the engine reports success, but 5 resources are in the state" in said
    assert filled.stack.open() is not None
