"""Tests of load balancers of other kinds: internal ones, and routes to several services."""

from __future__ import annotations

from typing import Any

from components.edge import Edge, EdgeArgs, Target
from settings import read_stack_file
from settings.schema.edge import RouteSettings
from tests.components.alone import build
from tests.components.edge.entered import entered
from tests.components.stand_ins import PUBLIC, keys
from tests.harness import Deployment

ADMIN = RouteSettings.model_construct(priority=10, hosts=("admin.example.com",), paths=("/admin/*",))


def routed() -> Deployment:
    settings = read_stack_file("prod")
    assert settings.edge
    changed = settings.edge.model_copy(update={"routes": {"user": ADMIN}})

    def target(service: str, port: int) -> Target:
        return Target(service=service, port=port, protocol="HTTP", kind="ip", health_path="/health")

    def program() -> dict[str, Any]:
        edge = Edge(
            "edge",
            EdgeArgs(
                names=settings.names,
                settings=changed,
                target=target("api-gateway", 443),
                routed={"user": target("user", 3003)},
                placement=PUBLIC,
                security_group_id="sg-alb",
                keys=keys(),
            ),
        )
        return {"groups": edge.target_group_arns, "metrics": edge.metrics.routed}

    return build(program)


def test_an_internal_one_has_no_public_address() -> None:
    assert entered(scheme="internal").named("edge-alb")["internal"] is True


def test_a_route_forwards_its_hosts_and_paths_to_its_own_target_group() -> None:
    rule = routed().only("aws:lb/listenerRule:ListenerRule")
    assert rule["priority"] == 10
    assert rule["conditions"] == [
        {"hostHeader": {"values": ["admin.example.com"]}},
        {"pathPattern": {"values": ["/admin/*"]}},
    ]
    group = routed().named("edge-targets-user", "TargetGroup")
    assert group["port"] == 3003
    assert rule["actions"] == [{"type": "forward", "targetGroupArn": group.arn}]


def test_every_other_request_goes_to_the_gateway() -> None:
    (action,) = routed().named("edge-https")["defaultActions"]
    assert action["targetGroupArn"] == routed().named("edge-targets", "TargetGroup").arn


def test_each_service_has_its_target_group() -> None:
    assert set(routed().result["groups"]) == {"api-gateway", "user"}
    assert set(routed().result["metrics"]) == {"user"}


def test_the_hosts_of_routes_are_in_the_certificate_and_in_the_zone() -> None:
    deployed = routed()
    certificate = deployed.only("aws:acm/certificate:Certificate")
    assert certificate["subjectAlternativeNames"] == ["admin.example.com"]
    names = {one["name"] for one in deployed.all("aws:route53/record:Record") if "aliases" in one.inputs}
    assert names == {certificate["domainName"], "admin.example.com"}
    validation = deployed.only("aws:acm/certificateValidation:CertificateValidation")
    assert len(validation["validationRecordFqdns"]) == 2
