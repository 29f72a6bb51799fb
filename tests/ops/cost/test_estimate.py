"""Tests of the estimate: what is priced, what is charged by use, and what has no price."""

from __future__ import annotations

from typing import Any

import pytest

from ops.core.exits import Exit, Stop
from ops.cost import Declared, Estimate, estimate, prices_of, regions
from ops.cost.prices import _document
from settings import read_stack_file
from tests.parts import parts_deployment, parts_settings
from tests.program import STACKS, shipped

IRELAND = prices_of("eu-west-1")


def priced(type_: str, stack: str = "cinematch-staging", **inputs: Any) -> Estimate:
    """The estimate of one resource, of a host stack, which has no tasks."""
    return estimate(read_stack_file(stack), [Declared(type=type_, name="x", inputs=inputs)], IRELAND)


@pytest.mark.parametrize(
    ("type_", "inputs", "month"),
    [
        ("aws:ec2/natGateway:NatGateway", {}, 730 * 0.048),
        ("aws:kms/key:Key", {}, 1.0),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}, 0),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]},
            2 * 730 * 0.011,
        ),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {}, 0.1),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"metricQueries": [{"metric": {}}, {"metric": {}}, {"expression": "a + b"}]},
            0.2,
        ),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"thresholdMetricId": "band", "metricQueries": [{"metric": {}}]},
            0.3,
        ),
        ("aws:wafv2/webAcl:WebAcl", {"rules": [{}, {}]}, 7.0),
        (
            "aws:rds/instance:Instance",
            {"instanceClass": "db.t4g.medium", "multiAz": True, "allocatedStorage": 100.0},
            2 * (730 * 0.07 + 100 * 0.127),
        ),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"nodeType": "cache.t4g.small", "numCacheClusters": 2.0},
            2 * 730 * 0.0285,
        ),
        ("aws:autoscaling/group:Group", {}, 730 * 0.0456 + 30 * 0.088),
    ],
)
def test_a_resource_has_the_price_of_the_table(type_: str, inputs: dict[str, Any], month: float) -> None:
    found = priced(type_, **inputs)
    assert found.month == pytest.approx(month)
    assert found.unpriced == ()


def test_tasks_are_counted_at_their_least_number() -> None:
    settings = parts_settings()
    found = estimate(settings, [], IRELAND)
    hours = 730 * sum(one.min_tasks * one.cpu for one in settings.services.values()) / 1024
    (processor,) = [one for one in found.lines if one.what == "Fargate CPU, at minTasks"]
    assert (processor.quantity, processor.unit, processor.price) == (hours, "vCPU hours", 0.04048)


def test_a_class_without_a_price_is_listed() -> None:
    found = priced("aws:rds/instance:Instance", instanceClass="db.x9.huge", allocatedStorage=20.0)
    assert found.unpriced == ("aws:rds/instance:Instance x (db.x9.huge)",)


def test_a_type_without_a_price_is_listed() -> None:
    assert priced("aws:neptune/cluster:Cluster").unpriced == ("aws:neptune/cluster:Cluster x",)


def test_what_is_charged_by_use_is_named_with_what_is_counted() -> None:
    assert priced("aws:sqs/queue:Queue").by_use == {"aws:sqs/queue:Queue": "1: requests"}


def test_a_role_is_free() -> None:
    found = priced("aws:iam/role:Role")
    assert (found.month, found.unpriced, dict(found.by_use)) == (0, (), {})


def test_a_region_without_prices_is_refused() -> None:
    with pytest.raises(Stop, match="has no prices of sa-east-1; it has eu-west-1, ") as stop:
        prices_of("sa-east-1")
    assert stop.value.code is Exit.BAD_INPUT


def test_every_region_has_a_price_of_each_name() -> None:
    tables = _document()["regions"]
    assert {frozenset(table) for table in tables.values()} == {frozenset(tables["eu-west-1"])}
    for region in regions():
        for architecture in ("X86_64", "ARM64"):
            assert prices_of(region).flat("vcpu_hour", architecture) > 0


@pytest.mark.parametrize("stack", STACKS)
def test_the_shipped_stacks_have_prices_but_for_types_that_are_named(stack: str) -> None:
    settings = read_stack_file(stack)
    declared = [Declared(type=one.type, name=one.name, inputs=one.inputs) for one in shipped(stack).resources]
    found = estimate(settings, declared, prices_of(settings.region))
    assert found.month > 50
    assert {one.partition(" ")[0] for one in found.unpriced} <= {
        "aws:ec2/vpcEncryptionControl:VpcEncryptionControl"
    }


def test_buckets_queues_and_schedules_are_charged_by_use() -> None:
    declared = [
        Declared(type=one.type, name=one.name, inputs=one.inputs) for one in parts_deployment().resources
    ]
    found = estimate(parts_settings(), declared, IRELAND)
    assert {"aws:sqs/queue:Queue", "aws:scheduler/schedule:Schedule"} <= found.by_use.keys()
