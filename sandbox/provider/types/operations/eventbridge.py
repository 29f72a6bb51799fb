"""EventBridge: rules and their targets."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def event_target(context: Context, inputs: Inputs) -> Inputs:
    """One target is a list of one."""
    body = {key: value for key, value in inputs.items() if key not in ("rule", "eventBusName")}
    if "runCommandTargets" in body:
        body["runCommandParameters"] = {"runCommandTargets": body.pop("runCommandTargets")}
    return {**{key: inputs[key] for key in ("rule", "eventBusName") if key in inputs}, "targets": [body]}


row(
    "cloudwatch/eventRule:EventRule",
    "events.put_rule",
    id="{name}",
    read="describe_rule(Name={id}).@",
    out="arn:Arn",
    name="name",
    skip="forceDestroy isEnabled",
    put=True,
    delete="delete_rule(Name={id})",
    replace="name eventBusName",
)
row(
    "cloudwatch/eventTarget:EventTarget",
    "events.put_targets",
    id="{rule}-{targetId}",
    read="list_targets_by_rule(Rule={rule}).Targets[?Id=='{targetId}']|[0]",
    name="targetId",
    rename=(
        "targets.targetId:Id targets.ecsTarget:EcsParameters targets.sqsTarget:SqsParameters "
        "targets.inputTransformer.inputPaths:InputPathsMap"
    ),
    skip="forceDestroy",
    pre=event_target,
    put=True,
    delete="remove_targets(Rule={rule},Ids=[{targetId}])",
    replace="rule targetId",
)
