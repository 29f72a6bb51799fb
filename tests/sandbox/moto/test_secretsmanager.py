"""Tests of staging labels by the documented rules, and of rotations with the function's own code."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.sandbox.moto.rotation_function import function


@pytest.fixture
def store(session: boto3.Session) -> Iterator[Any]:
    client = session.client("secretsmanager")
    client.create_secret(Name="s", SecretString="one")
    return client


def labels(store: Any) -> dict[str, list[str]]:
    """Labels by value."""
    found = store.list_secret_version_ids(SecretId="s", IncludeDeprecated=True)["Versions"]
    values = {v["VersionId"]: v["VersionStages"] for v in found}
    return {
        store.get_secret_value(SecretId="s", VersionId=version)["SecretString"]: sorted(stages)
        for version, stages in values.items()
    }


def version_of(store: Any, stage: str) -> str:
    stages = store.describe_secret(SecretId="s")["VersionIdsToStages"]
    return next(version for version, held in stages.items() if stage in held)


def test_a_put_moves_current_and_previous_follows(store: Any) -> None:
    store.put_secret_value(SecretId="s", SecretString="two")
    assert labels(store) == {"one": ["AWSPREVIOUS"], "two": ["AWSCURRENT"]}
    store.put_secret_value(SecretId="s", SecretString="three")
    assert labels(store) == {"one": [], "two": ["AWSPREVIOUS"], "three": ["AWSCURRENT"]}


def test_a_promotion_by_hand_leaves_one_current(store: Any) -> None:
    made = store.put_secret_value(SecretId="s", SecretString="two", VersionStages=["AWSPENDING"])["VersionId"]
    store.update_secret_version_stage(
        SecretId="s",
        VersionStage="AWSCURRENT",
        MoveToVersionId=made,
        RemoveFromVersionId=version_of(store, "AWSCURRENT"),
    )
    assert labels(store) == {"one": ["AWSPREVIOUS"], "two": ["AWSCURRENT", "AWSPENDING"]}
    assert store.get_secret_value(SecretId="s")["SecretString"] == "two"
    store.put_secret_value(SecretId="s", SecretString="three")
    assert labels(store)["three"] == ["AWSCURRENT"]
    assert labels(store)["two"] == ["AWSPENDING", "AWSPREVIOUS"]


def test_current_is_not_moved_without_saying_from_where(store: Any) -> None:
    made = store.put_secret_value(SecretId="s", SecretString="two", VersionStages=["AWSPENDING"])["VersionId"]
    with pytest.raises(ClientError, match="InvalidParameterException"):
        store.update_secret_version_stage(SecretId="s", VersionStage="AWSCURRENT", MoveToVersionId=made)


def test_a_version_without_labels_is_not_described(store: Any) -> None:
    for value in ("two", "three"):
        store.put_secret_value(SecretId="s", SecretString=value)
    assert len(store.describe_secret(SecretId="s")["VersionIdsToStages"]) == 2
    assert len(store.list_secret_version_ids(SecretId="s")["Versions"]) == 2


def test_the_same_token_is_one_version_and_another_value_is_refused(store: Any) -> None:
    token = str(uuid.uuid4())
    for _ in range(2):
        store.put_secret_value(SecretId="s", SecretString="two", ClientRequestToken=token)
    with pytest.raises(ClientError, match="ResourceExistsException"):
        store.put_secret_value(SecretId="s", SecretString="other", ClientRequestToken=token)


def test_a_secret_without_a_value_has_none(session: boto3.Session) -> None:
    client = session.client("secretsmanager")
    client.create_secret(Name="empty")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_secret_value(SecretId="empty")
    assert client.batch_get_secret_value(SecretIdList=["empty"])["Errors"][0]["SecretId"] == "empty"


def test_a_rotation_runs_the_functions_own_code(session: boto3.Session, store: Any) -> None:
    arn = function(session)
    store.rotate_secret(SecretId="s", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30})
    assert labels(store) == {"one": ["AWSPREVIOUS"], "rotated": ["AWSCURRENT"]}


def test_a_rotation_that_fails_leaves_pending_and_blocks_the_next(session: boto3.Session, store: Any) -> None:
    arn = function(session, FAIL_AT="testSecret")
    store.rotate_secret(SecretId="s", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30})
    assert labels(store) == {"one": ["AWSCURRENT"], "rotated": ["AWSPENDING"]}
    with pytest.raises(ClientError, match="A previous rotation isn't complete"):
        store.rotate_secret(SecretId="s")


def test_a_rotation_can_be_declared_without_being_started(session: boto3.Session, store: Any) -> None:
    arn = function(session)
    store.rotate_secret(
        SecretId="s",
        RotationLambdaARN=arn,
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )
    assert labels(store) == {"one": ["AWSCURRENT"]}
    assert store.describe_secret(SecretId="s")["RotationEnabled"] is True
