"""Scales a service's task count by CPU and memory, between its minimum and maximum."""

from __future__ import annotations

import pulumi
from pulumi_aws import appautoscaling, ecs

from components.options import child_of
from settings.schema.services import ServiceSettings

SCALE_IN_COOLDOWN_S, SCALE_OUT_COOLDOWN_S = 300, 60


def scale(
    owner: pulumi.Resource,
    name: str,
    *,
    cluster: pulumi.Input[str],
    service: ecs.Service,
    settings: ServiceSettings,
) -> None:
    """Register ``service`` as a scalable target with two target tracking policies."""
    target = appautoscaling.Target(
        f"{name}-scaling",
        service_namespace="ecs",
        resource_id=pulumi.Output.concat("service/", cluster, "/", service.name),
        scalable_dimension="ecs:service:DesiredCount",
        min_capacity=settings.min_tasks,
        max_capacity=settings.max_tasks,
        opts=child_of(owner),
    )
    metrics = {
        "cpu": ("ECSServiceAverageCPUUtilization", settings.scaling.cpu_percent),
        "memory": ("ECSServiceAverageMemoryUtilization", settings.scaling.memory_percent),
    }
    for label, (metric, percent) in metrics.items():
        appautoscaling.Policy(
            f"{name}-scaling-{label}",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            resource_id=target.resource_id,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                predefined_metric_specification=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                    predefined_metric_type=metric
                ),
                target_value=percent,
                scale_in_cooldown=SCALE_IN_COOLDOWN_S,
                scale_out_cooldown=SCALE_OUT_COOLDOWN_S,
            ),
            opts=child_of(owner),
        )
