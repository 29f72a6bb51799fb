"""Checks the deploy contracts of shipped stacks: typed facts in parameters, without secret values."""

from __future__ import annotations

import json

import pytest

from components.delivery.deploy_contract import CONTAINERS, HOST, OPTIONAL, shape
from settings import read_stack_file
from tests.harness import Deployment, Registered
from tests.program import STACKS, shipped

ADVANCED_TIER_BYTES = 8192
STORED = {"SecretVersion": "secretString", "aws:ssm/parameter:Parameter": "value"}


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


def parameters(deployment: Deployment) -> list[Registered]:
    found = deployment.all("aws:ssm/parameter:Parameter")
    return [one for one in found if one.name.startswith("contract-")]


def test_every_fact_is_given_out_and_stands_in_a_parameter_of_its_name(stack: str) -> None:
    path = read_stack_file(stack).names.parameter_path
    told = {one["name"]: json.loads(one["insecureValue"]) for one in parameters(shipped(stack))}
    assert told == {f"{path}/deploy/{key}": value for key, value in shipped(stack).exports.items()}


def test_the_facts_are_exactly_the_contracts_with_the_types_it_says(stack: str) -> None:
    settings, facts = read_stack_file(stack), shipped(stack).exports
    needed = shape(HOST if settings.host else CONTAINERS)
    optional = {key: kind for key, kind in OPTIONAL.items() if settings.cache or key != "redisEndpoint"}
    assert {key: type(value) for key, value in facts.items()} == {**needed, **optional}


def test_no_parameter_holds_the_value_of_a_secret(stack: str) -> None:
    deployed = shipped(stack)
    values = {
        one[key]
        for kind, key in STORED.items()
        for one in deployed.all(kind)
        if key in one.secrets and one[key]
    }
    assert values
    told = "".join(one["insecureValue"] for one in parameters(deployed))
    assert not any(value in told for value in values)


def test_every_fact_fits_into_a_parameter(stack: str) -> None:
    sizes = [len(one["insecureValue"]) for one in parameters(shipped(stack))]
    assert max(sizes) < ADVANCED_TIER_BYTES
