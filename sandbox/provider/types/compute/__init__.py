"""Rows for compute: EC2, ECS with its images and names, Lambda, and their scaling."""

from __future__ import annotations

from sandbox.provider.types.compute import (
    appautoscaling,
    autoscaling,
    ec2,
    ecr,
    ecs,
    ecs_services,
    lambda_functions,
    servicediscovery,
)

__all__ = [
    "appautoscaling",
    "autoscaling",
    "ec2",
    "ecr",
    "ecs",
    "ecs_services",
    "lambda_functions",
    "servicediscovery",
]
