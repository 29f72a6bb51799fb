"""EC2 Auto Scaling: groups of instances."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def group(context: Context, inputs: Inputs) -> Inputs:
    """Subnets as one string, tags with their resource."""
    body = dict(inputs)
    if "vpcZoneIdentifiers" in body:
        body["vpcZoneIdentifiers"] = ",".join(body["vpcZoneIdentifiers"])
    owner = {"resourceId": inputs["name"], "resourceType": "auto-scaling-group"}
    body["tags"] = [{**tag, **owner} for tag in body.get("tags", [])]
    return body


def group_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Call UpdateAutoScalingGroup, which takes the create call's parameters but tags and target groups."""
    body = group(context, new)
    apart = ("tags", "targetGroupArns", "enabledMetrics", "instanceRefresh", "forceDelete", "region")
    kept = {key: value for key, value in body.items() if key not in (*apart, "waitForCapacityTimeout")}
    rename = (
        "name:AutoScalingGroupName vpcZoneIdentifiers:VPCZoneIdentifier launchTemplate.id:LaunchTemplateId "
        "protectFromScaleIn:NewInstancesProtectedFromScaleIn"
    )
    context.call("autoscaling.update_auto_scaling_group", kept, rename)


row(
    "autoscaling/group:Group",
    "autoscaling.create_auto_scaling_group",
    id="{name}",
    read="describe_auto_scaling_groups(AutoScalingGroupNames=[{id}]).AutoScalingGroups[0]",
    out="arn:AutoScalingGroupARN",
    name="name",
    rename=(
        "name:AutoScalingGroupName vpcZoneIdentifiers:VPCZoneIdentifier "
        "targetGroupArns:TargetGroupARNs launchTemplate.id:LaunchTemplateId "
        "protectFromScaleIn:NewInstancesProtectedFromScaleIn defaultCooldown:DefaultCooldown"
    ),
    skip=(
        "instanceRefresh enabledMetrics forceDelete waitForCapacityTimeout suspendedProcesses "
        "waitForElbCapacity"
    ),
    pre=group,
    delete="delete_auto_scaling_group(AutoScalingGroupName={id},ForceDelete=true)",
    replace="name",
    change=group_change,
    changes="*",
)
