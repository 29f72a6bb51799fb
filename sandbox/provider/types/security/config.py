"""AWS Config: the recorder, its delivery channel and state, and rules."""

from __future__ import annotations

from sandbox.provider.conversions import nested
from sandbox.provider.rows import row

row(
    "cfg/recorder:Recorder",
    "config.put_configuration_recorder",
    id="{name}",
    read="describe_configuration_recorders(ConfigurationRecorderNames=[{id}]).ConfigurationRecorders[0]",
    name="name",
    rename="*.roleArn:roleARN",
    pre=nested("configurationRecorder"),
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
    pre=nested("deliveryChannel"),
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
    pre=nested("configRule"),
    put=True,
    delete="delete_config_rule(ConfigRuleName={id})",
    replace="name",
)
