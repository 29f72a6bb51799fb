"""Tests of finding a stack's secret values in other properties, in each encoding."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.policies.cases import strongroom_secrets as secret_cases
from tests.policies.judge import Entry
from tests.policies.messages import stack_said

TASK = "aws:ecs/taskDefinition:TaskDefinition"
SECRET = "aws:secretsmanager/secret:Secret"
FUNCTION = "aws:lambda/function:Function"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.attack(6)
@pytest.mark.parametrize(
    ("type_", "key"),
    [
        (TASK, "containerDefinitions"),
        (FUNCTION, "environment"),
        (SECRET, "tags"),
        (SECRET, "description"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "alarmDescription"),
    ],
)
@pytest.mark.parametrize(
    "spell",
    [str, lambda text: text.encode().hex(), _base64, lambda text: _base64(f"see {text}")],
    ids=["plain", "hex", "base64", "packed"],
)
def test_a_value_of_the_stack_in_any_text_is_refused(type_: str, key: str, spell: Any) -> None:
    value = secret_cases.STACKS["readers"]["jwt-version"].props["secretString"]
    leak = Entry(type_, {key: {"note": f"see {spell(value)}"}})
    (message,) = stack_said("own-secret-leak", leak=leak)
    assert message.startswith(f"leak: {key} contains the value of a secret")
