"""Tests of the deploy contract: each fact once, typed, as JSON in a parameter, none of them secret."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.delivery.deploy_contract import (
    CONTAINERS,
    HOST,
    OPTIONAL,
    SERVICES_IN_A_PARAMETER,
    DeployContract,
    DeployContractArgs,
    service_parameters,
    shape,
)
from settings.names import Names
from tests.components.alone import build
from tests.harness import ACCOUNT, REGION, Deployment

LEFT_OUT: dict[str, Any] = {"deployRoleArn": None}
FACTS: dict[str, Any] = {
    "vpcId": "vpc-1",
    "secretArns": {"shop/key": "arn:key"},
    "logGroups": {"web": "/shop/prod/web"},
    "alarmTopicArn": "arn:topic",
    "dashboardUrl": "https://console.example",
    "databaseEndpoint": "db.internal",
    "redisEndpoint": "cache.internal",
    "deployRoleArn": "arn:role",
    "albDnsName": "alb.internal",
    "apiUrl": "https://api.example",
    "clusterName": "shop-prod",
    "services": {"web": {"serviceName": "shop-web"}, "user": {"serviceName": "shop-user"}},
    "oneOffTasks": {"migrate": {"subnetIds": ["private-a", "private-b"]}},
}


def contract(environment: str = "prod", **replaced: Any) -> Deployment:
    """The contract of a containers stack whose facts are outputs."""
    names = Names(prefix="shop", environment=environment, account_id=ACCOUNT, region=REGION)

    def program() -> dict[str, Any]:
        facts = {key: fact and pulumi.Output.from_input(fact) for key, fact in {**FACTS, **replaced}.items()}
        args = DeployContractArgs(names=names, platform=CONTAINERS, facts=facts)
        return dict(DeployContract("contract", args).facts)

    return build(program)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contract()


def parameters(deployment: Deployment) -> dict[str, Any]:
    return {
        one["name"]: json.loads(one["insecureValue"]) for one in deployment.all("aws:ssm/parameter:Parameter")
    }


def test_every_fact_is_a_plain_parameter_of_its_name(prod: Deployment) -> None:
    assert parameters(prod) == {f"/shop/prod/deploy/{key}": value for key, value in prod.result.items()}
    assert {one["type"] for one in prod.all("aws:ssm/parameter:Parameter")} == {"String"}


def test_the_facts_are_exactly_the_contracts_with_the_types_it_says(prod: Deployment) -> None:
    expected = {**shape(CONTAINERS), **OPTIONAL}
    assert {key: type(value) for key, value in prod.result.items()} == expected
    assert prod.result["contractVersion"] == 1


def test_no_fact_is_secret(prod: Deployment) -> None:
    parameters = prod.all("aws:ssm/parameter:Parameter")
    assert parameters
    assert not any(one.secrets for one in parameters)


def test_staging_says_that_it_is_staging() -> None:
    deployment = contract("staging")
    assert deployment.result["environment"] == "staging"
    assert "/shop/staging/deploy/clusterName" in parameters(deployment)


def test_a_part_that_is_not_there_is_left_out() -> None:
    deployment = contract(**LEFT_OUT)
    assert "deployRoleArn" not in deployment.result
    assert "/shop/prod/deploy/deployRoleArn" not in parameters(deployment)


def test_text_that_outgrows_the_standard_tier_still_fits(prod: Deployment) -> None:
    assert {one["tier"] for one in prod.all("aws:ssm/parameter:Parameter")} == {"Intelligent-Tiering"}


def services(number: int) -> dict[str, Any]:
    """The fact of a containers stack: a plain mapping, whose values are outputs."""
    return {f"s{n}": {"serviceName": pulumi.Output.from_input(f"shop-s{n}")} for n in range(number)}


@pytest.mark.parametrize(
    ("number", "alone"), [(SERVICES_IN_A_PARAMETER, 0), (SERVICES_IN_A_PARAMETER + 1, 16)]
)
def test_many_services_have_a_parameter_each_and_are_one_output(number: int, alone: int) -> None:
    names = Names(prefix="shop", environment="prod", account_id=ACCOUNT, region=REGION)
    facts = {**FACTS, "services": services(number)}
    deployed = build(
        lambda: dict(
            DeployContract(
                "contract", DeployContractArgs(names=names, platform=CONTAINERS, facts=facts)
            ).facts
        )
    )
    told = parameters(deployed)
    each = {key.rpartition("/")[2]: value for key, value in told.items() if "/deploy/services/" in key}
    assert len(each) == alone
    assert ("/shop/prod/deploy/services" in told) is (alone == 0)
    assert (each or told["/shop/prod/deploy/services"]) == deployed.result["services"]
    assert {key.removeprefix("/shop/prod/deploy/") for key in told if "/deploy/services" in key} == set(
        service_parameters(facts["services"])
    )


@pytest.mark.parametrize(("replaced", "named"), [({"vpcId": None}, "vpcId"), ({"vpcIdd": "x"}, "vpcIdd")])
def test_a_missing_or_unknown_fact_is_refused_by_name(replaced: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        contract(**replaced)


def test_a_host_gives_other_facts_than_containers() -> None:
    assert set(HOST) <= set(shape(HOST))
    assert not set(CONTAINERS) & set(shape(HOST))


def test_the_same_facts_are_the_same_text() -> None:
    in_another_order = contract(services=dict(reversed(FACTS["services"].items())))
    first, second = (
        {one.name: one["insecureValue"] for one in deployed.all("aws:ssm/parameter:Parameter")}
        for deployed in (contract(), in_another_order)
    )
    assert first == second
