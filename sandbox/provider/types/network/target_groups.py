"""Elastic Load Balancing: target groups, their health checks, and the targets in them."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.conversions import text
from sandbox.provider.rows import Inputs, row

ATTRIBUTES = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "slowStart": "slow_start.duration_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
}
HEALTH = {
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
    "enabled": "HealthCheckEnabled",
}


def _attributes(inputs: Inputs) -> list[Inputs]:
    out = {ATTRIBUTES[key]: text(value) for key, value in inputs.items() if key in ATTRIBUTES}
    if sticky := inputs.get("stickiness"):
        out |= {"stickiness.enabled": text(sticky.get("enabled", True)), "stickiness.type": sticky["type"]}
    return [{"Key": key, "Value": value} for key, value in out.items()]


def _health(inputs: Inputs) -> Inputs:
    check = dict(inputs.get("healthCheck") or {})
    out = {HEALTH[key]: value for key, value in check.items() if key in HEALTH}
    return {**out, **({"Matcher": {"HttpCode": check["matcher"]}} if "matcher" in check else {})}


def target_group(context: Context, inputs: Inputs) -> Inputs:
    """The health check is flat in the API."""
    return {**inputs, **_health(inputs)}


def health_check_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Send the whole configuration."""
    context.call("elbv2.modify_target_group", {**_health(new), "targetGroupArn": id_})


def target_attributes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Attributes need a second call."""
    if given := _attributes(inputs):
        context.send("elbv2.modify_target_group_attributes", {"TargetGroupArn": id_, "Attributes": given})
    return {"arnSuffix": id_.rsplit(":", 1)[1]}


def target(context: Context, inputs: Inputs) -> Inputs:
    """One attachment is a list of one target."""
    port = {"port": inputs["port"]} if "port" in inputs else {}
    return {"targetGroupArn": inputs["targetGroupArn"], "targets": [{"id": inputs["targetId"], **port}]}


def deregister_target(context: Context, id_: str, have: Inputs) -> None:
    """Deregister the target."""
    context.call("elbv2.deregister_targets", target(context, have))


row(
    "lb/targetGroup:TargetGroup",
    "elbv2.create_target_group",
    id="TargetGroups[0].TargetGroupArn",
    read="describe_target_groups(TargetGroupArns=[{id}]).TargetGroups[0]",
    out="arn:TargetGroupArn",
    name="name",
    rename="healthCheck:-",
    pre=target_group,
    more=target_attributes,
    delete="delete_target_group(TargetGroupArn={id})",
    replace="name port protocol vpcId targetType",
    parts=" ".join((*ATTRIBUTES, "stickiness")),
    change=health_check_change,
    changes="healthCheck",
)
row(
    "lb/targetGroupAttachment:TargetGroupAttachment",
    "elbv2.register_targets",
    id="{targetGroupArn}-{targetId}",
    read="describe_target_health(TargetGroupArn={targetGroupArn}).TargetHealthDescriptions[0]",
    pre=target,
    delete=deregister_target,
    replace="*",
)
