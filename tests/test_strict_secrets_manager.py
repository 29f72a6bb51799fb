"""Tests of the strict Secrets Manager: each rule of the API reference."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.strict_secrets_manager import StrictSecretsManager

NAME, FIRST, SECOND = "s", "1" * 32, "2" * 32


@pytest.fixture
def store() -> StrictSecretsManager:
    store = StrictSecretsManager()
    store.create_secret(Name=NAME, SecretString="hush-hush", VersionId=FIRST)
    return store


def stages(store: StrictSecretsManager) -> dict[str, list[str]]:
    return store.describe_secret(SecretId=NAME).get("VersionIdsToStages", {})


def put(store: StrictSecretsManager, value: str = "two") -> None:
    store.put_secret_value(
        SecretId=NAME, ClientRequestToken=SECOND, SecretString=value, VersionStages=["AWSPENDING"]
    )


def move(store: StrictSecretsManager, **where: str) -> None:
    store.update_secret_version_stage(SecretId=NAME, VersionStage="AWSCURRENT", **where)


def test_moves_previous_along_with_current(store: StrictSecretsManager) -> None:
    put(store)
    move(store, MoveToVersionId=SECOND, RemoveFromVersionId=FIRST)
    assert stages(store) == {FIRST: ["AWSPREVIOUS"], SECOND: ["AWSCURRENT", "AWSPENDING"]}


@pytest.mark.parametrize(
    "where",
    [
        {"MoveToVersionId": SECOND},
        {"MoveToVersionId": SECOND, "RemoveFromVersionId": SECOND},
        {"RemoveFromVersionId": FIRST},
    ],
    ids=["holder not named", "holder named wrongly", "taken from everybody"],
)
def test_refuses_to_take_current_from_a_version_that_is_not_named(
    store: StrictSecretsManager, where: dict[str, str]
) -> None:
    put(store)
    with pytest.raises(ClientError, match="InvalidParameterException"):
        move(store, **where)


def test_ignores_the_same_value_under_the_same_token(store: StrictSecretsManager) -> None:
    put(store)
    put(store)
    assert stages(store)[SECOND] == ["AWSPENDING"]


def test_refuses_another_value_under_the_same_token(store: StrictSecretsManager) -> None:
    put(store)
    with pytest.raises(ClientError, match="ResourceExistsException"):
        put(store, "three")


def test_refuses_a_rotation_while_another_is_pending(store: StrictSecretsManager) -> None:
    put(store)
    with pytest.raises(ClientError, match="InvalidRequestException"):
        store.rotate_secret(SecretId=NAME, ClientRequestToken="3" * 32)


def test_announces_a_version_without_a_value(store: StrictSecretsManager) -> None:
    store.rotate_secret(SecretId=NAME, ClientRequestToken=SECOND)
    assert stages(store)[SECOND] == ["AWSPENDING"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        store.get_secret_value(SecretId=NAME, VersionId=SECOND, VersionStage="AWSPENDING")


def test_finds_no_version_under_a_label_that_it_does_not_carry(store: StrictSecretsManager) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        store.get_secret_value(SecretId=NAME, VersionId=FIRST, VersionStage="AWSPENDING")


def test_forgets_a_version_without_labels(store: StrictSecretsManager) -> None:
    put(store)
    store.update_secret_version_stage(SecretId=NAME, VersionStage="AWSPENDING", RemoveFromVersionId=SECOND)
    assert SECOND not in stages(store)


def test_shows_no_value_in_its_repr(store: StrictSecretsManager) -> None:
    assert "hush" not in repr(store)


def test_shows_a_write_after_as_many_reads_as_it_lags(store: StrictSecretsManager) -> None:
    store.late_reads = 2
    put(store)
    assert [SECOND in stages(store) for _ in range(3)] == [False, False, True]


def test_finds_no_value_that_was_written_a_read_ago(store: StrictSecretsManager) -> None:
    store.late_reads = 1
    put(store)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        store.get_secret_value(SecretId=NAME, VersionId=SECOND)
    assert store.get_secret_value(SecretId=NAME, VersionId=SECOND)["SecretString"] == "two"


def test_refuses_more_than_a_hundred_versions_until_those_without_a_label_are_a_day_old(
    store: StrictSecretsManager,
) -> None:
    def put_other(number: int) -> None:
        token = f"{number:032}"
        store.put_secret_value(
            SecretId=NAME, ClientRequestToken=token, SecretString="x", VersionStages=["mine"]
        )

    for number in range(100, 199):
        put_other(number)
    with pytest.raises(ClientError, match="LimitExceededException"):
        put_other(199)
    store.hours += 23
    with pytest.raises(ClientError, match="LimitExceededException"):
        put_other(199)
    store.hours += 1
    put_other(199)
    assert len(store.secrets[NAME].versions) == 3, "what was labelled, and the new one"
