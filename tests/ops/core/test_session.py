"""Tests of sessions: the stack's own account and region, and retries of throttled calls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from ops.core.exits import Exit, Stop
from ops.core.session import connect
from settings import Settings
from tests.ops.live import ACCOUNT, declared

_ANSWER = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
_BUSY = (
    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
)


class _Raw:
    def __init__(self, body: str) -> None:
        self._body = body.encode()

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return declared()


def answering(monkeypatch: pytest.MonkeyPatch, answers: Iterator[tuple[int, str]]) -> list[str]:
    """Let AWS respond with these responses; yields the URLs that were requested."""
    asked: list[str] = []

    def send(_: Any, request: Any) -> AWSResponse:
        asked.append(request.url)
        status, body = next(answers)
        headers: Any = {}
        raw: Any = _Raw(body)
        return AWSResponse(request.url, status, headers, raw)

    # Otherwise a sandbox that another test keeps open would respond first.
    monkeypatch.setattr("moto.core.botocore_stubber.BotocoreStubber.__call__", lambda *_, **__: None)
    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    return asked


@pytest.mark.attack(43)
def test_a_session_is_in_the_stacks_region_whatever_the_environment_says(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    asked = answering(monkeypatch, repeat((200, _ANSWER)))
    session = connect("staging", settings)
    assert session.region_name == settings.region != "us-east-1"
    assert all(settings.region in url for url in asked)


@pytest.mark.attack(43)
def test_another_account_than_the_stacks_own_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, repeat((200, _ANSWER.replace(ACCOUNT, "999988887777"))))
    with pytest.raises(Stop, match=f"bound to account {ACCOUNT}.* are 999988887777; choose") as stop:
        connect("staging", settings)
    assert stop.value.code == Exit.REFUSED


@pytest.mark.attack(43)
@pytest.mark.parametrize(("refusals", "reached"), [(8, True), (9, False)])
def test_throttling_is_waited_out_and_not_for_ever(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, refusals: int, reached: bool
) -> None:
    answering(monkeypatch, chain(repeat((400, _BUSY), refusals), repeat((200, _ANSWER))))
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setattr("botocore.retries.bucket.TokenBucket.acquire", lambda *_, **__: None)
    if reached:
        assert connect("staging", settings).region_name == settings.region
        return
    with pytest.raises(Stop, match="the AWS call GetCallerIdentity failed: Throttling") as stop:
        connect("staging", settings)
    assert stop.value.code == Exit.UNREACHABLE
