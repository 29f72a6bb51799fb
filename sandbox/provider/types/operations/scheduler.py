"""EventBridge Scheduler: groups and schedules."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row

# The provider sends a name and a group; everything else of an update is the whole schedule again.
_ONLY_HERE = ("id", "tags", "tagsAll", "region")


def schedule(context: Context, inputs: Inputs) -> Inputs:
    """The network configuration of the target is nested once more in the API."""
    target = dict(inputs["target"])
    if ecs := dict(target.get("ecsParameters", {})):
        if network := dict(ecs.get("networkConfiguration", {})):
            network["assignPublicIp"] = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
            ecs["networkConfiguration"] = {"awsvpcConfiguration": network}
        target["ecsParameters"] = ecs
    return {**inputs, "target": target}


def schedule_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Call UpdateSchedule with all its parameters: what is left out becomes the default again."""
    body = {key: value for key, value in schedule(context, new).items() if key not in _ONLY_HERE}
    context.call("scheduler.update_schedule", body)


row(
    "scheduler/scheduleGroup:ScheduleGroup",
    "scheduler.create_schedule_group",
    id="{name}",
    read="get_schedule_group(Name={id}).@",
    out="arn:Arn state:State",
    name="name",
    delete="delete_schedule_group(Name={id})",
    replace="name",
)
row(
    "scheduler/schedule:Schedule",
    "scheduler.create_schedule",
    id="{groupName}/{name}",
    read="get_schedule(GroupName={groupName},Name={name}).@",
    out="arn:Arn",
    name="name",
    pre=schedule,
    delete="delete_schedule(GroupName={groupName},Name={name})",
    replace="name groupName",
    change=schedule_change,
    changes="*",
)
