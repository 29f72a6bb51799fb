"""Tests of the cluster's checks: declared and undeclared services, subnets and security groups."""

from __future__ import annotations

import copy

import pytest

from tests.ops.checks.verify.ecs.redeploying import CLUSTER, KEPT, TOOL, USER, service, tool
from tests.ops.live import Live, Make, Undo


def _without_definition(live: Live) -> Undo:
    ecs = live.client("ecs")
    definition = tool(ecs)
    ecs.deregister_task_definition(taskDefinition=definition["taskDefinitionArn"])
    kept = {key: definition[key] for key in (*KEPT, "containerDefinitions") if key in definition}
    return lambda: ecs.register_task_definition(family=TOOL, **kept)


def in_public_subnets(live: Live) -> Undo:
    ecs, before = live.client("ecs"), service(live)["networkConfiguration"]
    subnets = live.client("ec2").describe_subnets(Filters=[{"Name": "tag:Tier", "Values": ["public"]}])
    open_ = copy.deepcopy(before)
    open_["awsvpcConfiguration"]["subnets"] = [one["SubnetId"] for one in subnets["Subnets"]]
    ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=open_)
    return lambda: ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=before)


def with_public_addresses(live: Live) -> Undo:
    ecs, before = live.client("ecs"), service(live)["networkConfiguration"]
    open_ = copy.deepcopy(before)
    open_["awsvpcConfiguration"]["assignPublicIp"] = "ENABLED"
    ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=open_)
    return lambda: ecs.update_service(cluster=CLUSTER, service=USER, networkConfiguration=before)


def undeclared_service(live: Live) -> Undo:
    ecs, like = live.client("ecs"), service(live)
    ecs.create_service(
        cluster=CLUSTER,
        serviceName="by-hand",
        taskDefinition=like["taskDefinition"],
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration=like["networkConfiguration"],
    )
    return lambda: ecs.delete_service(cluster=CLUSTER, service="by-hand", force=True)


SLIPS = [
    pytest.param(in_public_subnets, "containers-network", marks=pytest.mark.accepts("A22")),
    pytest.param(with_public_addresses, "containers-network", marks=pytest.mark.accepts("A22")),
    pytest.param(_without_definition, "containers-services", marks=pytest.mark.accepts("A8")),
    pytest.param(undeclared_service, "containers-services", marks=pytest.mark.accepts("A26")),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_a_service_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}
