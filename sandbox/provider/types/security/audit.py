"""The trail, the detectors and the recorder of the account, and its budget."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row
from sandbox.provider.shapes import convert


def only(under: str) -> Callable[[Context, Inputs], Inputs]:
    """The whole resource is one structure; tags stay beside it."""

    def pre(context: Context, inputs: Inputs) -> Inputs:
        tags = {"tags": inputs["tags"]} if "tags" in inputs else {}
        return {under: {key: value for key, value in inputs.items() if key != "tags"}, **tags}

    return pre


def trail_parts(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Selectors, insights and the switch are calls of their own."""
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


def detector_feature(context: Context, inputs: Inputs) -> Inputs:
    """One feature is a list of one."""
    feature = {k: v for k, v in inputs.items() if k in ("name", "status", "additionalConfigurations")}
    return {"detectorId": inputs["detectorId"], "features": [feature]}


def budget(context: Context, inputs: Inputs) -> Inputs:
    """Notifications and subscribers are flat in Pulumi."""
    notes = []
    for note in inputs.get("notifications", []):
        people = [
            {"SubscriptionType": "EMAIL", "Address": a} for a in note.get("subscriberEmailAddresses", [])
        ]
        people += [{"SubscriptionType": "SNS", "Address": a} for a in note.get("subscriberSnsTopicArns", [])]
        what = {
            "NotificationType": note["notificationType"],
            "ComparisonOperator": note["comparisonOperator"],
            "Threshold": note["threshold"],
            "ThresholdType": note["thresholdType"],
        }
        notes.append({"Notification": what, "Subscribers": people})
    body = {"BudgetName": inputs["name"], "BudgetType": inputs["budgetType"], "TimeUnit": inputs["timeUnit"]}
    if "limitAmount" in inputs:
        body["BudgetLimit"] = {"Amount": inputs["limitAmount"], "Unit": inputs.get("limitUnit", "USD")}
    return {"accountId": context.account, "notificationsWithSubscribers": notes, "budget": body}


def delete_budget(context: Context, id_: str, have: Inputs) -> None:
    """By account and name."""
    context.send("budgets.delete_budget", {"AccountId": context.account, "BudgetName": have["name"]})


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
    delete="delete_trail(Name={id})",
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
row(
    "guardduty/detector:Detector",
    "guardduty.create_detector",
    id="DetectorId",
    read="get_detector(DetectorId={id}).@",
    out="arn=arn:{p}:guardduty:{r}:{a}:detector/{id} accountId={a}",
    const={"Enable": True},
    delete="delete_detector(DetectorId={id})",
    update=(Call("update_detector", "DetectorId={id}", "enable findingPublishingFrequency"),),
)
row(
    "guardduty/detectorFeature:DetectorFeature",
    "guardduty.update_detector",
    id="{detectorId}/{name}",
    read="get_detector(DetectorId={detectorId}).Features[?Name=='{name}']|[0]",
    pre=detector_feature,
    put=True,
    keeps="all features of a detector but the last",
    replace="detectorId name",
)
row(
    "securityhub/account:Account",
    "securityhub.enable_security_hub",
    id="{a}",
    read="describe_hub().@",
    out="arn:HubArn",
    skip="autoEnableControls",
    delete="disable_security_hub()",
)
row(
    "cfg/recorder:Recorder",
    "config.put_configuration_recorder",
    id="{name}",
    read="describe_configuration_recorders(ConfigurationRecorderNames=[{id}]).ConfigurationRecorders[0]",
    name="name",
    rename="*.roleArn:roleARN",
    pre=only("configurationRecorder"),
    put=True,
    delete="delete_configuration_recorder(ConfigurationRecorderName={id})",
    replace="name",
)
row(
    "cfg/deliveryChannel:DeliveryChannel",
    "config.put_delivery_channel",
    id="{name}",
    read="describe_delivery_channels(DeliveryChannelNames=[{id}]).DeliveryChannels[0]",
    name="name",
    rename=(
        "deliveryChannel.snapshotDeliveryProperties:configSnapshotDeliveryProperties "
        "deliveryChannel.snsTopicArn:snsTopicARN"
    ),
    pre=only("deliveryChannel"),
    put=True,
    delete="delete_delivery_channel(DeliveryChannelName={id})",
    replace="name",
)
row(
    "cfg/recorderStatus:RecorderStatus",
    "config.start_configuration_recorder",
    id="{name}",
    read="describe_configuration_recorder_status(ConfigurationRecorderNames=[{id}]).ConfigurationRecordersStatus[0]",
    rename="name:ConfigurationRecorderName",
    skip="isEnabled",
    delete="stop_configuration_recorder(ConfigurationRecorderName={name})",
    replace="*",
)
row(
    "cfg/rule:Rule",
    "config.put_config_rule",
    id="{name}",
    read="describe_config_rules(ConfigRuleNames=[{id}]).ConfigRules[0]",
    out="arn:ConfigRuleArn ruleId:ConfigRuleId",
    name="name",
    rename="configRule.name:ConfigRuleName",
    pre=only("configRule"),
    put=True,
    delete="delete_config_rule(ConfigRuleName={id})",
    replace="name",
)
row(
    "accessanalyzer/analyzer:Analyzer",
    "accessanalyzer.create_analyzer",
    id="{analyzerName}",
    read="get_analyzer(analyzerName={id}).analyzer",
    out="arn=arn:{p}:access-analyzer:{r}:{a}:analyzer/{id}",
    absent="(whole service)",
    delete="delete_analyzer(analyzerName={id})",
    replace="*",
)
row(
    "budgets/budget:Budget",
    "budgets.create_budget",
    id="{a}:{name}",
    read="describe_budget(AccountId={a},BudgetName={name}).Budget",
    out="arn=arn:{p}:budgets::{a}:budget/{name} accountId={a}",
    name="name",
    pre=budget,
    delete=delete_budget,
    replace="*",
)
