"""Tests of Parameters: String parameters with exact names, and a declared value or a fact of the stack."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.secrets import Parameters, ParametersArgs
from settings.schema.services import PlainParameterSettings
from tests.components.alone import build
from tests.components.host.host_stack import stack
from tests.harness import Deployment

DECLARED = {
    "db-host": {"source": "database.address", "description": "Where PostgreSQL listens"},
    "domain-name": {"source": "edge.domain", "description": "The public name of the site"},
    "greeting": {"value": "hello", "description": "A value of its own"},
}


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    parameters = {key: PlainParameterSettings.model_validate(one) for key, one in DECLARED.items()}

    def program() -> dict[str, Any]:
        sources = {
            "database.address": pulumi.Output.from_input("db.internal"),
            "edge.domain": "site.example.com",
        }
        args = ParametersArgs(names=stack().names, parameters=parameters, sources=sources)
        declared = Parameters("parameters", args)
        return {"ready": [one.urn for one in declared.ready]}

    return build(program)


def test_plain_parameters_are_strings_at_their_exact_names(deployed: Deployment) -> None:
    found = {one["name"]: one for one in deployed.all("aws:ssm/parameter:Parameter")}
    assert set(found) == {f"/cinematch/production/{key}" for key in DECLARED}
    assert {one["type"] for one in found.values()} == {"String"}
    assert not any(one.secrets for one in found.values())


@pytest.mark.parametrize(
    ("key", "value"),
    [("db-host", "db.internal"), ("domain-name", "site.example.com"), ("greeting", "hello")],
)
def test_a_value_is_the_stack_files_or_comes_from_its_source(
    deployed: Deployment, key: str, value: str
) -> None:
    assert deployed.named(f"parameters-{key}", "Parameter")["insecureValue"] == value


def test_a_reader_waits_for_every_parameter(deployed: Deployment) -> None:
    assert set(deployed.result["ready"]) == {one.urn for one in deployed.all("aws:ssm/parameter:Parameter")}
