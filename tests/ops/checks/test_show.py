"""Tests of ``ops show`` on the running stack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops.checks.show import show
from ops.core.console import Screen
from ops.core.exits import Exit, Stop
from tests.ops.live import ACCOUNT, Live, slipped

DIGEST = f"sha256:{'a' * 64}"
SECRETS = [
    *("aiponge/entry-encryption-key", "aiponge/internal-service-secret", "aiponge/jwt-secret"),
    *("aiponge/database-url", "aiponge/redis-url"),
]


def document(live: Live, capsys: pytest.CaptureFixture[str], name: str | None = None) -> tuple[Exit, Any]:
    code = show.command(live.aws, Screen(as_json=True), "staging", name)
    return code, json.loads(capsys.readouterr().out)


def part(live: Live, capsys: pytest.CaptureFixture[str], name: str) -> dict[str, Any]:
    _, found = document(live, capsys, name)
    (one,) = found["parts"]
    return one


def test_a_service_is_shown_with_its_image_and_tasks(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    user = part(live, capsys, "user")
    assert user["image"] == f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user@{DIGEST}"
    assert (user["kind"], user["running"], user["desired"]) == ("service", 1, 1)
    assert user["log_group"] == "/aiponge/staging/user"
    assert user["url"] == "http://user:3003"


def test_secrets_are_shown_by_name_only(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    user = part(live, capsys, "user")
    assert set(SECRETS) <= set(user["secrets"])
    assert user["variables"] == ["JOBS_QUEUE_URL", "UPLOADS_BUCKET"]


def test_the_gateway_has_the_public_url(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    edge = live.settings.edge
    assert edge is not None
    assert part(live, capsys, "api-gateway")["url"] == f"https://{edge.domain}"


def test_a_service_before_its_first_deployment_has_no_image(
    live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    music = part(live, capsys, "music")
    assert (music["image"], music["running"], music["desired"]) == (None, 0, 0)


def test_a_tool_is_shown_too(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    tool = part(live, capsys, "reencrypt")
    assert (tool["kind"], tool["url"]) == ("tool", None)


def test_alarms_are_those_of_the_service(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    alarms = part(live, capsys, "user")["alarms"]
    assert alarms
    assert not [one for one in alarms if one.endswith(("-music", "-storage"))]


def test_an_alarm_that_is_on_is_a_finding(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    name = next(iter(part(live, capsys, "user")["alarms"]))

    def make(live: Live) -> Any:
        alarm = live.backend("cloudwatch").alarms[name]
        before, alarm.state_value = alarm.state_value, "ALARM"
        return lambda: setattr(alarm, "state_value", before)

    with slipped(make, live):
        live.aws.forget({"cloudwatch"})
        assert show.command(live.aws, Screen(as_json=False), "staging", "user") is Exit.FINDING
    assert f"ALARM      {name}" in capsys.readouterr().out


def test_everything_is_shown_without_a_name(live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = document(live, capsys)
    assert [one["name"] for one in found["parts"]] == [*live.settings.services, *live.settings.tools]
    assert found["missing"] == []


def test_an_unknown_name_is_refused(live: Live) -> None:
    with pytest.raises(Stop, match=r'usr is not a service, tool or host of staging; did you mean "user"\?'):
        show.command(live.aws, Screen(as_json=False), "staging", "usr")
