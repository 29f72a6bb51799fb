"""Finds the Auto Scaling group of a stack's host."""

from __future__ import annotations

from ops.core.aws_state import AwsState, Item


def host_group(aws: AwsState) -> Item | None:
    """The group with the host's name, as EC2 Auto Scaling describes it; None where there is none."""
    groups = aws.list("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
    return next((one for one in groups if one["AutoScalingGroupName"] == aws.names.host_name), None)
