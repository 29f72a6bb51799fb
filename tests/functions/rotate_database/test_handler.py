"""Tests of the handler: which events it accepts, what it returns, and how it waits."""

from __future__ import annotations

import json
import uuid
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError

from components.secrets.rotation import TIMEOUT_S
from functions.rotate_database import handler
from functions.rotate_database.versions import RotationRefused
from tests.functions.rotate_database.stage import MASTER, SECRET, STEPS, Stage
from tests.strict_secrets_manager import StrictSecretsManager


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> Stage:
    values = {
        "SECRET_ARN": SECRET,
        "MASTER_SECRET_ARN": MASTER,
        "DATABASE_HOST": "localhost",
        "DATABASE_PORT": str(stage.postgres.port),
        "DATABASE_NAME": stage.database_name,
        "ROLE_PREFIX": "app",
        "SECURITY_GROUP": "aiponge-rotate",
        "CA_FILE": str(stage.postgres.ca_file),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: stage.store)
    return stage


def event(step: str, version: str, secret: str = SECRET) -> dict[str, str]:
    return {"Step": step, "SecretId": secret, "ClientRequestToken": version}


def test_rotates_by_the_events_of_secrets_manager(
    environment: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    version = environment.announce()
    assert [handler.handle(event(step, version)) for step in STEPS] == [{"version": version}] * 4
    assert environment.stages(version) == ["AWSCURRENT"]
    printed = capsys.readouterr().out
    assert [json.loads(line)["step"] for line in printed.splitlines()] == list(STEPS)
    assert environment.address().password not in printed


@pytest.mark.parametrize(
    "foreign", [event("createSecret", "t", "other/secret"), {"Wait": "other/secret"}, {}]
)
def test_serves_one_secret_only(environment: Stage, foreign: dict[str, str]) -> None:
    with pytest.raises(RotationRefused, match="rotates one secret"):
        handler.handle(foreign)


def test_answers_a_wait_with_a_version_id_and_nothing_else(environment: Stage) -> None:
    version = environment.rotate()
    assert handler.handle({"Wait": SECRET}) == {"current": version}


def test_gives_up_on_secrets_manager_before_its_own_time_ends(
    environment: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(boto3, "client", lambda *_, **how: asked.update(how) or environment.store)
    environment.rotate()
    handler.handle({"Wait": SECRET})
    config = asked["config"]
    tries = 1 + config.retries["max_attempts"]
    assert tries * (config.connect_timeout + config.read_timeout) <= TIMEOUT_S / 2


@pytest.mark.failure(35)
def test_says_which_rule_is_missing_when_secrets_manager_is_out_of_reach(
    environment: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(**_: str) -> None:
        raise ConnectTimeoutError(endpoint_url="https://secretsmanager")

    monkeypatch.setattr(environment.store, "describe_secret", unreachable)
    with pytest.raises(
        RotationRefused, match=r"^rotation setSecret timed out: SG aiponge-rotate lacks 443 -> endpoint$"
    ):
        handler.handle(event("setSecret", "t"))


class Clock:
    """A clock that only sleeping advances."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def store() -> StrictSecretsManager:
    store = StrictSecretsManager()
    store.create_secret(Name=SECRET)
    return store


def wait(store: Any, clock: Clock) -> str:
    return handler.wait(store, SECRET, clock=clock, sleep=clock.sleep)


def test_waits_until_the_first_value_is_current(store: StrictSecretsManager) -> None:
    clock, version = Clock(), str(uuid.uuid4())
    store.rotate_secret(SecretId=SECRET, ClientRequestToken=version)
    store.put_secret_value(
        SecretId=SECRET, ClientRequestToken=version, SecretString="x", VersionStages=["AWSPENDING"]
    )

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.now == 10:
            store.update_secret_version_stage(
                SecretId=SECRET, VersionStage="AWSCURRENT", MoveToVersionId=version
            )
        if clock.now == 20:
            store.update_secret_version_stage(
                SecretId=SECRET, VersionStage="AWSPENDING", RemoveFromVersionId=version
            )

    assert handler.wait(store, SECRET, clock=clock, sleep=sleep) == version
    assert clock.now == 20, "a version that is still pending is not ready, current or not"


def test_logs_which_version_it_waited_for(
    store: StrictSecretsManager, capsys: pytest.CaptureFixture[str]
) -> None:
    version = str(uuid.uuid4())
    store.put_secret_value(SecretId=SECRET, ClientRequestToken=version, SecretString="x")
    assert wait(store, Clock()) == version
    assert json.loads(capsys.readouterr().out) == {"step": "wait", "version": version, "outcome": "done"}


def test_fails_plainly_when_no_value_comes(store: StrictSecretsManager) -> None:
    clock = Clock()
    with pytest.raises(handler.StillEmpty, match="no AWSCURRENT after 120 s"):
        wait(store, clock)
    assert clock.now == 120
