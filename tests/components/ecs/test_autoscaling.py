"""Tests of autoscaling: between the minimum and maximum of the stack file, by CPU and memory."""

from __future__ import annotations

import pytest

from tests.components.ecs.contained import IMAGE, one_service


def test_with_an_image_it_starts_at_its_minimum_and_scales_to_its_maximum() -> None:
    deployed = one_service(image=IMAGE, min_tasks=3, max_tasks=7)
    target = deployed.named("containers-user-scaling", "Target")
    assert deployed.only("aws:ecs/service:Service")["desiredCount"] == 3
    assert (target["minCapacity"], target["maxCapacity"]) == (3, 7)
    assert target["resourceId"] == "service/aiponge-prod/aiponge-user"
    assert target["scalableDimension"] == "ecs:service:DesiredCount"


@pytest.mark.parametrize(
    ("label", "metric", "percent"),
    [("cpu", "ECSServiceAverageCPUUtilization", 60), ("memory", "ECSServiceAverageMemoryUtilization", 75)],
)
def test_it_follows_processor_and_memory(label: str, metric: str, percent: int) -> None:
    policy = one_service(image=IMAGE).named(f"containers-user-scaling-{label}", "Policy")
    tracking = policy["targetTrackingScalingPolicyConfiguration"]
    assert policy["policyType"] == "TargetTrackingScaling"
    assert tracking["predefinedMetricSpecification"] == {"predefinedMetricType": metric}
    assert tracking["targetValue"] == percent
    assert tracking["scaleOutCooldown"] < tracking["scaleInCooldown"]
