"""Tests of ``ops logs``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from ops.access import logs
from ops.access.targets import LogSource, log_source
from ops.core.context import Clock
from ops.core.exits import Exit, Stop
from tests.ops.access.fake_aws import FakeAws, Logs, context_of, event, host_settings

NOW = datetime(2026, 11, 29, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "ago"), [("30s", 30), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("2026-11-29T12:00", 600)]
)
def test_since_is_a_duration_or_a_time_in_utc(since: str, ago: int) -> None:
    assert logs.moment(since, NOW) == NOW - timedelta(seconds=ago)


@pytest.mark.parametrize("since", ["0m", "15", "yesterday", "-5m"])
def test_another_since_is_refused(since: str) -> None:
    with pytest.raises(Stop, match=f"--since {since}: write") as stop:
        logs.moment(since, NOW)
    assert stop.value.code is Exit.BAD_INPUT


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("user", LogSource("/aiponge/staging/user")),
        ("reencrypt", LogSource("/aiponge/staging/reencrypt")),
        ("report", LogSource("/aiponge/staging/user", "report/")),
    ],
)
def test_a_one_off_task_is_read_in_the_log_of_its_service(name: str, source: LogSource) -> None:
    assert log_source(context_of(FakeAws({})), name) == source


@pytest.mark.parametrize(("name", "what"), [(None, "app"), ("host", "app"), ("host/auth", "host/auth")])
def test_a_host_has_the_logs_of_its_application_and_system(name: str | None, what: str) -> None:
    settings = host_settings()
    found = log_source(context_of(FakeAws({}), settings), name)
    assert found == LogSource(settings.names.log_group(what))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(Stop, match=r'usr is not declared in Pulumi.staging.yaml; did you mean "user"\?'):
        log_source(context_of(FakeAws({})), "usr")


def test_a_stack_of_containers_needs_a_name() -> None:
    with pytest.raises(Stop, match="name what to read the log of: api-gateway, "):
        log_source(context_of(FakeAws({})), None)


def test_lines_are_printed_in_the_order_of_their_time(capsys: pytest.CaptureFixture[str]) -> None:
    client = Logs([[event(2, "second\n"), event(1, "first")]])
    context = context_of(FakeAws({"logs": client}))
    assert logs.command(context, "user", "15m", follow=False, now=lambda: NOW) is Exit.DONE
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-29T12:00:01.000Z user/user/1a2b first",
        "2026-11-29T12:00:02.000Z user/user/1a2b second",
    ]
    assert client.asked == [
        {"logGroupName": "/aiponge/staging/user", "startTime": int((NOW.timestamp() - 900) * 1000)}
    ]


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    context = context_of(FakeAws({"logs": Logs([[event(1, "first")]])}), as_json=True)
    logs.command(context, "report", "15m", follow=False, now=lambda: NOW)
    assert json.loads(capsys.readouterr().out) == {
        "logGroup": "/aiponge/staging/user",
        "events": [{"time": "2026-11-29T12:00:01.000Z", "stream": "user/user/1a2b", "message": "first"}],
    }


def test_following_prints_each_line_once_until_it_is_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    client = Logs([[event(1, "first")], [event(1, "first"), event(3, "third")], [event(2, "late")]])

    def sleep(_: float) -> None:
        if not client.pages:
            raise KeyboardInterrupt

    context = context_of(FakeAws({"logs": client}), clock=Clock(sleep=sleep))
    with pytest.raises(KeyboardInterrupt):
        logs.command(context, "user", "15m", follow=True, now=lambda: NOW)
    said = [line.rpartition(" ")[2] for line in capsys.readouterr().out.splitlines()]
    assert said == ["first", "third", "late"]


def test_following_has_no_json() -> None:
    with pytest.raises(Stop, match="leave out --json"):
        logs.command(context_of(FakeAws({}), as_json=True), "user", "15m", follow=True)
