"""Tests of Session Manager's preferences: encryption with a key of its own, logging, idle timeout."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.host import Sessions, SessionsArgs
from tests.components.alone import build
from tests.components.host.host_stack import stack
from tests.components.stand_ins import keys
from tests.harness import Deployment


@pytest.fixture(scope="module")
def production() -> Deployment:
    names = stack().names
    return build(lambda: Sessions("sessions", SessionsArgs(names=names, keys=keys(), log_days=365)))


@pytest.fixture(scope="module")
def inputs(production: Deployment) -> dict[str, Any]:
    return json.loads(production.named("sessions-preferences", "Document")["content"])["inputs"]


@pytest.mark.accepts("B15")
def test_the_preferences_have_the_name_session_manager_looks_for(production: Deployment) -> None:
    document = production.named("sessions-preferences", "Document")
    assert (document["name"], document["documentType"]) == ("SSM-SessionManagerRunShell", "Session")


@pytest.mark.accepts("B15", "B36", "B37")
def test_sessions_are_logged_and_encrypted(inputs: dict[str, Any]) -> None:
    assert inputs["cloudWatchLogGroupName"] == "/cinematch/production/ssm-sessions"
    assert inputs["cloudWatchEncryptionEnabled"] is True
    assert inputs["cloudWatchStreamingEnabled"] is True
    assert inputs["kmsKeyId"].endswith("keys-sessions")


def test_a_session_ends_when_idle_and_after_an_hour(inputs: dict[str, Any]) -> None:
    assert (inputs["idleSessionTimeout"], inputs["maxSessionDuration"]) == ("15", "60")


def test_nobody_becomes_another_user(inputs: dict[str, Any]) -> None:
    assert (inputs["runAsEnabled"], inputs["runAsDefaultUser"]) == (False, "")


def test_nothing_runs_at_the_start_of_a_session(inputs: dict[str, Any]) -> None:
    assert inputs["shellProfile"] == {"windows": "", "linux": ""}


def test_no_session_is_written_to_a_bucket(inputs: dict[str, Any]) -> None:
    assert (inputs["s3BucketName"], inputs["s3KeyPrefix"], inputs["s3EncryptionEnabled"]) == ("", "", True)


def test_a_session_is_a_shell_and_no_tunnel(production: Deployment) -> None:
    content = production.named("sessions-preferences", "Document").document("content")
    assert (content["schemaVersion"], content["sessionType"]) == ("1.0", "Standard_Stream")


@pytest.mark.accepts("B15")
@pytest.mark.parametrize(
    ("name", "group"), [("sessions-sessions", "ssm-sessions"), ("sessions-commands", "ssm-commands")]
)
def test_what_was_done_is_kept_under_our_key(production: Deployment, name: str, group: str) -> None:
    kept = production.named(name, "LogGroup")
    assert kept["name"] == f"/cinematch/production/{group}"
    assert kept["retentionInDays"] == 365
    assert kept["kmsKeyId"].endswith("keys-logs")


def test_the_log_group_exists_before_sessions_are_sent_there(production: Deployment) -> None:
    waits = {
        urn.rsplit("::", 1)[1] for urn in production.named("sessions-preferences", "Document").depends_on
    }
    assert "sessions-sessions" in waits
