"""Tests of ``ops reads``, with events as CloudTrail records them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.core.console import Screen
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import SecretsManager
from ops.reads import report
from sandbox import Sandbox
from settings import Settings, read_stack_file
from tests.ops.stack_folder import Only

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(hours=24)
STORE, PARAMETERS = "secretsmanager.amazonaws.com", "ssm.amazonaws.com"


def arn(settings: Settings, name: str) -> str:
    return f"arn:aws:secretsmanager:{settings.region}:{settings.account_id}:secret:{name}-AbCdEf"


def assumed(settings: Settings, role: str, session: str = "9f3c0a1b", path: str = "") -> dict[str, Any]:
    """The identity of a role session in a CloudTrail event."""
    account = settings.account_id
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/{path}{role}", "userName": role}
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {"sessionIssuer": issuer},
    }


def event(call: str, who: dict[str, Any], asked: dict[str, Any], **more: Any) -> dict[str, Any]:
    source = STORE if call in SecretsManager.read_calls else PARAMETERS
    return {
        "eventName": call,
        "eventSource": source,
        "eventTime": "2026-03-01T10:00:00Z",
        "userIdentity": who,
        "sourceIPAddress": "10.20.4.7",
        "requestParameters": asked,
        **more,
    }


class Trail:
    """CloudTrail's event history, filtered by one attribute, two pages long."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self._events = events

    def can_paginate(self, operation: str) -> bool:
        return operation == "lookup_events"

    def get_paginator(self, operation: str) -> Trail:
        return self

    def paginate(self, *, LookupAttributes: list[dict[str, str]], StartTime: datetime) -> Trail:
        (only,) = LookupAttributes
        assert (only["AttributeKey"], StartTime) == ("EventName", SINCE)
        self._asked = only["AttributeValue"]
        return self

    def __iter__(self) -> Iterator[dict[str, Any]]:
        found = [{"CloudTrailEvent": json.dumps(e)} for e in self._events if e["eventName"] == self._asked]
        yield {"Events": found[:1]}
        yield {"Events": found[1:]}


Ask = Callable[..., list[report.Group]]


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> Callable[..., StackContext]:
    def of(*events: dict[str, Any], stack: str = "staging", as_json: bool = False) -> StackContext:
        session: Any = None
        screen = Screen(as_json=as_json)
        made = StackContext(stack, read_stack_file(stack), session, Only, screen)
        monkeypatch.setattr(made.aws, "client", lambda service: Trail(list(events)))
        return made

    return of


AIPONGE, CINEMATCH = read_stack_file("staging"), read_stack_file("cinematch-staging")
JWT = {"secretId": arn(AIPONGE, "aiponge/jwt-secret")}


def shown(
    context: Callable[..., StackContext], *events: dict[str, Any], stack: str = "staging"
) -> list[report.Group]:
    return report.show(context(*events, stack=stack), SINCE)


@pytest.mark.parametrize(
    "given", ["aiponge/jwt-secret", JWT["secretId"], JWT["secretId"].removesuffix("-AbCdEf")]
)
def test_of_a_declared_reader_are_told_and_are_no_finding(
    context: Callable[..., StackContext], given: str
) -> None:
    who = assumed(AIPONGE, "aiponge-exec-user")
    here = context(event("GetSecretValue", who, {"secretId": given}))
    assert report.command(here, SINCE) == Exit.DONE
    (one,) = report.show(here, SINCE)
    assert (one.name, one.caller, one.sessions) == ("aiponge/jwt-secret", "aiponge-exec-user", ["9f3c0a1b"])


def test_of_a_ring_belong_to_its_secrets_readers(context: Callable[..., StackContext]) -> None:
    asked = {"secretId": arn(AIPONGE, "aiponge/entry-encryption-keyring")}
    events = [
        event("GetSecretValue", assumed(AIPONGE, f"aiponge-exec-{who}"), asked) for who in ("user", "music")
    ]
    assert {one.caller: bool(one.problems) for one in shown(context, *events)} == {
        "aiponge-exec-user": False,
        "aiponge-exec-music": True,
    }


def test_of_another_service_are_a_finding(context: Callable[..., StackContext]) -> None:
    here = context(event("GetSecretValue", assumed(AIPONGE, "aiponge-exec-music"), JWT))
    assert report.command(here, SINCE) == Exit.FINDING
    assert report.show(here, SINCE)[0].problems == ("is not a declared reader",)


def test_of_the_same_role_name_elsewhere_are_a_finding(context: Callable[..., StackContext]) -> None:
    stranger = assumed(AIPONGE.model_copy(update={"account_id": "999988887777"}), "aiponge-exec-user")
    assert shown(context, event("GetSecretValue", stranger, JWT))[0].problems == ("is not a declared reader",)


def test_that_were_denied_are_told_as_attempts(context: Callable[..., StackContext]) -> None:
    who = assumed(AIPONGE, "aiponge-exec-music")
    (one,) = shown(context, event("GetSecretValue", who, JWT, errorCode="AccessDenied"))
    assert one.problems == ("was denied, and is not a declared reader",)
    assert "1 of them denied" in str(one)


@pytest.mark.accepts("B41")
@pytest.mark.parametrize(
    "who",
    [
        {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/shared", "accessKeyId": "AKIAEXAMPLE"},
        {"type": "Root", "arn": "arn:aws:iam::111122223333:root"},
    ],
)
def test_with_credentials_that_never_expire_are_a_finding(
    context: Callable[..., StackContext], who: dict[str, Any]
) -> None:
    (one,) = shown(context, event("GetSecretValue", who, JWT))
    assert one.caller == who["arn"]
    assert "may be shared" in one.problems[0]


@pytest.mark.accepts("B41")
@pytest.mark.parametrize(
    ("session", "fine"),
    [
        ("ada@example.com", True),
        ("17283940-staging", True),
        ("GitHubActions", False),
        ("botocore-session-1772359200", False),
        ("aws-cli-1", False),
    ],
)
def test_of_an_administrator_name_the_person_or_the_run(
    context: Callable[..., StackContext], session: str, fine: bool
) -> None:
    (one,) = shown(context, event("GetSecretValue", assumed(AIPONGE, "aiponge-pulumi-up", session), JWT))
    assert (one.problems == ()) is fine
    assert one.sessions == [session]


def test_of_a_role_that_a_pattern_admits_by_bracket_only_are_undeclared(
    context: Callable[..., StackContext],
) -> None:
    reading = context(event("GetSecretValue", assumed(AIPONGE, "somebody"), JWT))
    reading.settings = reading.settings.model_copy(
        update={"administrators": (f"arn:aws:iam::{AIPONGE.account_id}:role/[!x]*",)}
    )
    (one,) = report.show(reading, SINCE)
    assert one.problems == ("is not a declared reader",)


def test_of_parameters_are_found_by_name_list_and_path(context: Callable[..., StackContext]) -> None:
    host, name = assumed(CINEMATCH, "cinematch-ec2-role", "i-0abc"), "/cinematch/staging/tmdb-token"
    decrypted = {"withDecryption": True}
    events = [
        event("GetParameters", host, {"names": [name, "/cinematch/staging/db-host"], **decrypted}),
        event("GetParameter", host, {"name": f"{name}:3", **decrypted}),
        event(
            "GetParameter", host, {"name": f"arn:aws:ssm:eu-west-2:111122223333:parameter{name}", **decrypted}
        ),
        event("GetParametersByPath", host, {"path": "/cinematch", "recursive": True, **decrypted}),
    ]
    found = {one.name: len(one.reads) for one in shown(context, *events, stack="cinematch-staging")}
    assert found[name] == 4
    assert found["/cinematch/staging/db-password"] == 1
    assert "/cinematch/staging/db-host" not in found


def test_of_parameters_without_decryption_returned_nothing_to_know(
    context: Callable[..., StackContext],
) -> None:
    asked = {"name": "/cinematch/staging/tmdb-token", "withDecryption": False}
    one = event("GetParameter", assumed(CINEMATCH, "stranger"), asked)
    assert shown(context, one, stack="cinematch-staging") == []


def test_of_names_that_are_not_the_stacks_are_left_out(context: Callable[..., StackContext]) -> None:
    asked = {"secretId": arn(AIPONGE, "other/jwt-secret")}
    assert shown(context, event("GetSecretValue", assumed(AIPONGE, "other"), asked)) == []


def test_are_one_document_for_a_program(
    context: Callable[..., StackContext], capsys: pytest.CaptureFixture[str]
) -> None:
    report.command(context(event("GetSecretValue", assumed(AIPONGE, "stranger"), JWT), as_json=True), SINCE)
    (one,) = json.loads(capsys.readouterr().out)["reads"]
    assert (one["caller"], one["count"], one["sources"]) == ("stranger", 1, ["10.20.4.7"])
    assert one["problems"] == ["is not a declared reader"]


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("24h", SINCE),
        ("7d", NOW - timedelta(days=7)),
        ("2026-02-28T12:00:00Z", SINCE),
        ("2026-02-28 13:00+01:00", SINCE),
        ("2026-02-28T12:00", SINCE),
    ],
)
def test_are_asked_for_since_a_span_or_a_moment(text: str, since: datetime) -> None:
    assert report.moment(text, NOW) == since


@pytest.mark.parametrize(
    ("text", "says"), [("yesterday", "write 24h"), ("91d", "covers 90 days"), ("2027-01-01", "in the future")]
)
def test_of_a_time_that_cannot_be_answered_are_refused(text: str, says: str) -> None:
    with pytest.raises(Stop, match=says) as stop:
        report.moment(text, NOW)
    assert stop.value.code == Exit.BAD_INPUT


def test_in_a_sandbox_are_not_known_and_that_is_said(
    empty: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    from ops.core.session import aws_errors

    settings = read_stack_file("staging")
    here = StackContext("staging", settings, empty.session, Only, Screen(as_json=False))
    with (
        pytest.raises(Stop, match="the AWS call LookupEvents failed: UnsupportedOperationException") as stop,
        aws_errors(),
    ):
        report.command(here, datetime.now(UTC))
    assert stop.value.code == Exit.UNREACHABLE
    assert capsys.readouterr().out == ""
