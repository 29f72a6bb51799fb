"""CloudTrail: trails, their selectors, and whether they log."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row
from sandbox.provider.shapes import convert


def trail_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Selectors, insights and logging each need a call of their own."""
    trail, name = context.client("cloudtrail"), inputs["name"]
    members = context.shape("cloudtrail.put_event_selectors").members
    for key, member in (
        ("eventSelectors", "EventSelectors"),
        ("advancedEventSelectors", "AdvancedEventSelectors"),
    ):
        if inputs.get(key):
            trail.put_event_selectors(TrailName=name, **{member: convert(members[member], inputs[key])})
    if kinds := [selector["insightType"] for selector in inputs.get("insightSelectors") or []]:
        trail.put_insight_selectors(
            TrailName=name, InsightSelectors=[{"InsightType": kind} for kind in kinds]
        )
    if inputs.get("enableLogging", True):
        trail.start_logging(Name=name)
    else:
        trail.stop_logging(Name=name)
    return {}


row(
    "cloudtrail/trail:Trail",
    "cloudtrail.create_trail",
    id="TrailARN",
    read="get_trail(Name={name}).Trail",
    out="arn:TrailARN homeRegion:HomeRegion",
    name="name",
    rename=(
        "cloudWatchLogsGroupArn:CloudWatchLogsLogGroupArn enableLogFileValidation:EnableLogFileValidation"
    ),
    more=trail_parts,
    delete="delete_trail(Name={name})",
    replace="name",
    parts="enableLogging eventSelectors advancedEventSelectors insightSelectors",
    update=(
        Call(
            "update_trail",
            "Name={id}",
            "s3BucketName s3KeyPrefix snsTopicName includeGlobalServiceEvents isMultiRegionTrail "
            "enableLogFileValidation cloudWatchLogsGroupArn cloudWatchLogsRoleArn kmsKeyId",
        ),
    ),
)
