"""Tests of stacks that lack a part, and of what services, routes and sidecars need."""

from __future__ import annotations

from typing import Any

import pytest

from settings.connections import ALB, declared_connections
from settings.errors import SettingsError
from settings.parse import parse
from settings.policy_config import GATES, pack_config
from settings.schema.stack import Settings
from settings.stack_file import ROOT, raw_config

GATEWAY = "rates"
IMAGE = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/x@sha256:{'a' * 64}"
FILES = {
    name: ROOT / "examples" / name / f"Pulumi.{name}-staging.yaml" for name in ("orders", "exchange-rates")
}


def accept(name: str, **sections: dict[str, Any] | None) -> Settings:
    """The settings of an example with other values in some sections; None leaves a section out."""
    raw = {key: dict(one) if isinstance(one, dict) else one for key, one in raw_config(FILES[name]).items()}
    for section, fields in sections.items():
        if fields is None:
            del raw[section]
        else:
            raw[section] = {
                key: one for key, one in {**raw.get(section, {}), **fields}.items() if one is not None
            }
    return parse(f"{name}-staging", raw, others={}, examples_allowed=True)


def problems(name: str, **sections: dict[str, Any] | None) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        accept(name, **sections)
    return list(refused.value.problems)


def services(**changed: Any) -> dict[str, Any]:
    return {"services": {GATEWAY: {"port": 8080, "external": True}, **changed}}


def test_a_stack_needs_neither_database_nor_secrets_nor_load_balancer() -> None:
    platform = {"gateway": None, **services()}
    settings = accept("exchange-rates", edge=None, secrets=None, platform=platform)
    assert (settings.database, settings.edge, settings.secrets, settings.targets) == (None, None, {}, {})
    assert ALB.name not in {one.target.name for one in declared_connections(settings)}


def test_an_internal_load_balancer_is_entered_from_the_vpc_and_its_peers_only() -> None:
    settings = accept("exchange-rates")
    sources = {one.source.name for one in declared_connections(settings) if one.target == ALB}
    assert sources == {"10.90.0.0/16", "10.70.0.0/16"}
    assert pack_config(settings)[GATES[0]]["publicGroups"] == []


def test_one_zone_is_enough_without_what_needs_two() -> None:
    platform = {"gateway": None, **services()}
    network = {"azs": 1, "endpointAzs": None}
    assert accept("exchange-rates", edge=None, platform=platform, network=network).network.azs == 1
    (said,) = problems("exchange-rates", network=network)
    assert said.startswith("network.azs=1: RDS subnet groups and the ALB need 2 or more")


def test_a_database_that_services_use_is_missed() -> None:
    said = problems("orders", database=None)
    assert "database: missing, but api, worker use it; add strongroom:database" in said


def test_a_database_that_no_service_uses_is_refused() -> None:
    database = {"username": "rates_admin", "instanceClass": "db.t4g.micro", "multiAz": False}
    assert problems("exchange-rates", database=database) == [
        "database: no service connects to it; list it under the stores of one, or remove it"
    ]


def test_a_gateway_without_a_load_balancer_is_refused() -> None:
    (said,) = problems("exchange-rates", edge=None)
    assert said.startswith(f"edge: missing, but platform.gateway={GATEWAY} names a service")


def test_a_load_balancer_without_a_gateway_is_refused() -> None:
    (said,) = problems("exchange-rates", platform={"gateway": None})
    assert said.startswith("platform.gateway: missing")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"urlEnv": "WORKER_URL"}, "urlEnv=WORKER_URL: the service has no port"),
        ({"healthCheck": {"kind": "http"}}, "healthCheck.kind=http: the service has no port"),
        ({"healthCheck": {"kind": "command"}}, "healthCheck.command: missing"),
        ({"healthCheck": {"kind": "none", "command": ["true"]}}, "healthCheck.command: has no effect"),
        ({"sidecars": {"worker": {"image": IMAGE}}}, "is the name of another container"),
        ({"sidecars": {"tls": {"image": IMAGE}}}, "is the name of another container"),
        ({"sidecars": {"x": {"image": "x:latest"}}}, "a tag can change"),
        (
            {"sidecars": {"x": {"image": f"public.ecr.aws/x@{IMAGE.partition('@')[2]}"}}},
            "is not in Amazon ECR",
        ),
        ({"sidecars": {"x": {"image": IMAGE, "user": "0:0"}}}, "containers never run as root"),
        ({"cpu": 8192, "memoryMib": 18432}, "takes 16384 to 61440, above 1024 in whole 4096s"),
    ],
)
def test_a_worker_or_sidecar_that_cannot_run_is_refused(fields: dict[str, Any], why: str) -> None:
    (said,) = problems("exchange-rates", platform=services(worker=fields))
    assert said.startswith("platform.services.worker.")
    assert why in said


@pytest.mark.parametrize(
    ("route", "why"),
    [
        ({"worker": {"priority": 1, "paths": ["/w/*"]}}, "has no port"),
        ({GATEWAY: {"priority": 1, "paths": ["/w/*"]}}, "is the gateway"),
        ({"nobody": {"priority": 1, "paths": ["/w/*"]}}, "is not a declared service"),
        ({"admin": {"priority": 1}}, "has neither hosts nor paths"),
    ],
)
def test_a_route_that_leads_nowhere_is_refused(route: dict[str, Any], why: str) -> None:
    platform = services(worker={}, admin={"port": 8081})
    (said,) = problems("exchange-rates", platform=platform, edge={"routes": route})
    assert said.startswith("edge.routes.")
    assert why in said


def test_two_routes_have_different_priorities() -> None:
    route = {"priority": 1, "paths": ["/w/*"]}
    platform = services(a={"port": 8081}, b={"port": 8082})
    (said,) = problems("exchange-rates", platform=platform, edge={"routes": {"a": route, "b": route}})
    assert said == "edge.routes.b.priority=1: is that of a; choose another"


def test_a_service_without_a_port_cannot_be_called() -> None:
    (said,) = problems("exchange-rates", platform=services(worker={}, other={"calls": ["worker"]}))
    assert said == 'platform.services.other.calls: "worker" has no port that could be called; remove it'
