"""The deploy contract: every fact once, typed, as JSON in a parameter, and none of them secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.delivery.deploy_contract import (
    CONTAINERS,
    HOST,
    OPTIONAL,
    DeployContract,
    DeployContractArgs,
    shape,
)
from settings import Settings, read_stack_file
from tests.components.ecs.contained import contained, declare
from tests.harness import Deployment, deploy

STANDARD_TIER_BYTES = 4096
LEFT_OUT: dict[str, Any] = {"deployRoleArn": None}


def facts(settings: Settings) -> dict[str, Any]:
    parts = declare(settings)
    containers, edge, stored = parts["containers"], parts["edge"], parts["cache"]
    return {
        "vpcId": "vpc-1",
        "secretArns": parts["secrets"].arns,
        "logGroups": containers.log_groups,
        "alarmTopicArn": "arn:topic",
        "dashboardUrl": "https://console.example",
        "databaseEndpoint": "db.internal",
        "redisEndpoint": stored.endpoint,
        "deployRoleArn": "arn:role",
        "albDnsName": edge.dns_name,
        "apiUrl": edge.url,
        **containers.facts,
    }


def program(stack: str, **replaced: Any) -> dict[str, Any]:
    settings = read_stack_file(stack)
    args = DeployContractArgs(
        names=settings.names, platform=CONTAINERS, facts={**facts(settings), **replaced}
    )
    return dict(DeployContract("contract", args).facts)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return deploy(lambda: program("prod"))


def parameters(deployment: Deployment) -> dict[str, Any]:
    return {
        one["name"]: json.loads(one["insecureValue"])
        for one in deployment.all("aws:ssm/parameter:Parameter")
        if one.name.startswith("contract-")
    }


def test_every_fact_is_a_plain_parameter_of_its_name(prod: Deployment) -> None:
    assert parameters(prod) == {f"/aiponge/prod/deploy/{key}": value for key, value in prod.result.items()}
    assert {one["type"] for one in prod.all("aws:ssm/parameter:Parameter")} == {"String"}


def test_the_facts_are_exactly_the_contracts_with_the_types_it_says(prod: Deployment) -> None:
    expected = {**shape(CONTAINERS), **OPTIONAL}
    assert {key: type(value) for key, value in prod.result.items()} == expected
    assert prod.result["contractVersion"] == 1


def test_no_fact_is_secret(prod: Deployment) -> None:
    parameters = prod.all("aws:ssm/parameter:Parameter")
    assert parameters
    assert not any(one.secrets for one in parameters)
    values = {version["secretString"] for version in prod.all("SecretVersion")}
    assert not any(value in one["insecureValue"] for one in parameters for value in values)


def test_staging_says_that_it_is_staging() -> None:
    deployment = deploy(lambda: program("staging"))
    assert deployment.result["environment"] == "staging"
    assert "/aiponge/staging/deploy/clusterName" in parameters(deployment)


def test_a_part_that_is_not_there_is_left_out() -> None:
    deployment = deploy(lambda: program("prod", **LEFT_OUT))
    assert "deployRoleArn" not in deployment.result
    assert "/aiponge/prod/deploy/deployRoleArn" not in parameters(deployment)


def test_text_that_outgrows_the_standard_tier_still_fits(prod: Deployment) -> None:
    assert {one["tier"] for one in prod.all("aws:ssm/parameter:Parameter")} == {"Intelligent-Tiering"}
    assert (
        max(len(one["insecureValue"]) for one in prod.all("aws:ssm/parameter:Parameter"))
        < 2 * STANDARD_TIER_BYTES
    )


@pytest.mark.parametrize(("replaced", "named"), [({"vpcId": None}, "vpcId"), ({"vpcIdd": "x"}, "vpcIdd")])
def test_a_missing_or_unknown_fact_is_refused_by_name(replaced: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        deploy(lambda: program("prod", **replaced))


def test_a_host_gives_other_facts_than_containers() -> None:
    assert set(HOST) <= set(shape(HOST))
    assert not set(CONTAINERS) & set(shape(HOST))


def test_the_same_facts_are_the_same_text() -> None:
    first, second = (
        {
            one.name: one["insecureValue"]
            for one in deploy(lambda: program("prod")).all("aws:ssm/parameter:Parameter")
        }
        for _ in range(2)
    )
    assert first == second
    assert contained("prod").result["facts"]["clusterName"] == json.loads(first["contract-clusterName"])
