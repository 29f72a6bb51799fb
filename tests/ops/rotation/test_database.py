"""Tests of the rotation of the database URL."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.rotation import database
from settings import read_stack_file
from tests.ops.stack_folder import Only

URL = "postgresql://aiponge_a:canary@db.example/aiponge"
CHANGED = datetime(2026, 1, 1, tzinfo=UTC)


class Aws:
    """Secrets Manager with an unfinished rotation, and the responses of the function."""

    def __init__(self, **answer: str) -> None:
        self._answer = json.dumps(answer).encode()

    def describe_secret(self, **_: Any) -> dict[str, Any]:
        stages = {"now": ["AWSCURRENT"], "next": ["AWSPENDING"]}
        return {"ARN": "arn", "RotationLambdaARN": "function", "VersionIdsToStages": stages}

    def invoke(self, **_: Any) -> dict[str, Any]:
        return {"FunctionError": "Unhandled", "Payload": io.BytesIO(self._answer)}


def context(monkeypatch: pytest.MonkeyPatch, aws: Any) -> StackContext:
    session: Any = None
    made = StackContext("staging", read_stack_file("staging"), session, Only, Screen(as_json=False), Clock())
    monkeypatch.setattr(made.aws, "client", lambda service: aws)
    return made


@pytest.mark.attack(12)
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            {"errorType": "ValueError", "errorMessage": f"bad url {URL}"},
            "createSecret failed with ValueError;",
        ),
        (
            {"errorType": "RotationRefused", "errorMessage": "a session of app_b is open"},
            "failed with RotationRefused: a session of app_b is open",
        ),
        ({}, "failed with unknown"),
    ],
)
def test_repeats_of_its_function_only_what_is_known_to_hold_no_value(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, str], says: str
) -> None:
    stack = context(monkeypatch, Aws(**answer))
    with pytest.raises(Stop) as stop:
        database.renew(stack, stack.settings.secrets["database-url"], "another")
    assert stop.value.code == Exit.PARTLY
    assert says in str(stop.value)
    assert "canary" not in str(stop.value)


@pytest.mark.attack(45)
def test_waits_for_tasks_whose_login_is_the_one_that_would_change(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = context(monkeypatch, None)
    asked: list[datetime] = []

    def stale(context: StackContext, secret: Any, since: datetime) -> list[str]:
        asked.append(since)
        return ["service user runs 1 tasks that started before"]

    monkeypatch.setattr(database, "staged", lambda context, name: {"AWSCURRENT": "now"})
    monkeypatch.setattr(database, "created", lambda context, name: CHANGED)
    monkeypatch.setattr(database.readers, "stale", stale)
    monkeypatch.setattr(database, "put_in_force", lambda *_, **__: pytest.fail("it was rotated"))
    monkeypatch.setattr(database, "_open", lambda *_, **__: None)
    with pytest.raises(Stop, match="its login is the one that changes; deploy it first") as stop:
        database.rotate(stack, "database-url", write=True, resume=False, abort=False)
    assert (stop.value.code, asked) == (Exit.REFUSED, [CHANGED])
