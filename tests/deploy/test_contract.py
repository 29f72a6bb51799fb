"""Tests of the reading of the deploy contract."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.contract import Contract
from deploy.errors import DeployError
from tests.deploy.scripted import THROTTLED, Refused, Scripted

MISSING = Refused("ParameterNotFound")


def contract(*answers: Any) -> tuple[Contract, Scripted]:
    ssm = Scripted("ssm")
    ssm.say(
        "get_parameter",
        *[one if isinstance(one, Refused) else {"Parameter": {"Value": json.dumps(one)}} for one in answers],
    )
    return Contract(ssm.client, "/aiponge/prod/"), ssm


def asked(ssm: Scripted) -> list[str]:
    return [one["Name"] for one in ssm.params("get_parameter")]


def test_a_fact_is_read_below_the_path() -> None:
    stack, ssm = contract("aiponge-prod")
    assert stack.fact("clusterName") == "aiponge-prod"
    assert asked(ssm) == ["/aiponge/prod/deploy/clusterName"]


def test_a_missing_fact_names_the_parameter_and_what_to_check() -> None:
    with pytest.raises(
        DeployError, match=r"/aiponge/prod/deploy/clusterName: no such parameter: check the input"
    ):
        contract(MISSING)[0].fact("clusterName")


def test_a_throttled_read_is_not_taken_for_a_missing_fact() -> None:
    with pytest.raises(ClientError):
        contract(THROTTLED)[0].fact("clusterName")


def test_a_service_of_a_large_stack_is_read_from_its_own_parameter() -> None:
    stack, ssm = contract(MISSING, {"serviceName": "aiponge-user"})
    assert stack.service("user") == {"serviceName": "aiponge-user"}
    assert asked(ssm) == ["/aiponge/prod/deploy/services", "/aiponge/prod/deploy/services/user"]


def test_a_service_of_another_stack_is_refused_with_the_names_of_this_one() -> None:
    with pytest.raises(
        DeployError, match="service=web: /aiponge/prod has no such service; it has music, user"
    ):
        contract({"user": {}, "music": {}})[0].service("web")


def test_a_one_off_task_of_another_stack_is_refused_with_the_names_of_this_one() -> None:
    with pytest.raises(
        DeployError, match="migrate=seed: /aiponge/prod has no such one-off task; it has migrate"
    ):
        contract({"migrate": {}})[0].one_off_task("seed", "user")


def test_a_one_off_task_of_another_service_is_not_run_with_this_image() -> None:
    with pytest.raises(
        DeployError, match="migrate=migrate: it runs the image of system: give it where system is"
    ):
        contract({"migrate": {"service": "system"}})[0].one_off_task("migrate", "user")


def test_a_one_off_task_of_the_service_is_found() -> None:
    facts = {"service": "system", "containerName": "migrate"}
    assert contract({"migrate": facts})[0].one_off_task("migrate", "system") == facts
