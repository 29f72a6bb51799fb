"""Tests of the search for leaked values: each encoding is found, and only the secret is named."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.ops.checks.verify.ecs.redeploying import redeployed
from tests.ops.live import Live, Make, Undo

NAME = "aiponge/internal-service-secret"


def _value(live: Live) -> str:
    return live.client("secretsmanager").get_secret_value(SecretId=NAME, VersionStage="AWSCURRENT")[
        "SecretString"
    ]


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in_json": lambda value: json.dumps({"key": value}),
    "in_url": lambda value: quote(value, safe=""),
    "hex": lambda value: value.encode().hex(),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
}


@pytest.mark.accepts("A4")
@pytest.mark.attack(6)
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_value_in_a_task_definition_is_found_in_any_spelling(
    live: Live, spell: Callable[[str], str]
) -> None:
    text = spell(_value(live))
    slip = redeployed(lambda one: one["environment"].append({"name": "HARMLESS", "value": text}))
    findings = live.findings_of(slip, "leaks-", "containers-")
    assert {one.check for one in findings} == {"leaks-task-definitions"}
    assert any(one.problem.endswith(f"the value of {NAME}") for one in findings)
    assert not any(text in str(one) for one in findings)


def _parameter(live: Live) -> Undo:
    ssm, name = live.client("ssm"), "/aiponge/staging/deploy/note"
    ssm.put_parameter(Name=name, Value=f"key={_value(live)}", Type="String")
    return lambda: ssm.delete_parameter(Name=name)


def _user_data(*, packed: bool) -> Make:
    def make(live: Live) -> Undo:
        ec2, script = live.client("ec2"), f"#!/bin/sh\nexport KEY={_value(live)}\n".encode()
        data = base64.b64encode(gzip.compress(script) if packed else script).decode()
        made = ec2.create_launch_template(
            LaunchTemplateName="aiponge-by-hand", LaunchTemplateData={"UserData": data}
        )["LaunchTemplate"]["LaunchTemplateId"]
        return lambda: ec2.delete_launch_template(LaunchTemplateId=made)

    return make


def _function(live: Live) -> Undo:
    client = live.client("lambda")
    client.create_function(
        FunctionName="aiponge-by-hand",
        Runtime="python3.11",
        Role="arn:aws:iam::222233334444:role/aiponge-exec-user",
        Handler="x.y",
        Code={"ZipFile": _archive()},
        Environment={"Variables": {"KEY": _value(live)}},
    )
    return lambda: client.delete_function(FunctionName="aiponge-by-hand")


def _archive() -> bytes:
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("x.py", "def y(event, context): ...")
    return held.getvalue()


SLIPS = [
    pytest.param(_parameter, "leaks-parameters", id="plain_parameter"),
    pytest.param(_function, "leaks-functions", id="function"),
    pytest.param(_user_data(packed=False), "leaks-user-data", id="user_data"),
    pytest.param(_user_data(packed=True), "leaks-user-data", id="packed"),
]


@pytest.mark.attack(5, 6)
@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_a_value_in_clear_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    value = _value(live)
    findings = live.findings_of(slip, "leaks-", "containers-")
    assert {one.check for one in findings} == {slug}
    assert not any(value in str(one) for one in findings)
