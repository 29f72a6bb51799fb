"""CloudWatch: mute rules of alarms and metric streams, which moto does not implement."""

from __future__ import annotations

from sandbox.moto.missing_operations import Kind, answer_from_memory

answer_from_memory(
    Kind(
        "cloudwatch",
        ("Name",),
        create="PutAlarmMuteRule",
        reads="ListAlarmMuteRules",
        delete="DeleteAlarmMuteRule",
        also=(("Name", "AlarmMuteRuleName"),),
        arn="arn:aws:cloudwatch:{region}:{account}:alarm-mute-rule:{id}",
        fixed=(("Status", "ACTIVE"),),
    ),
    Kind(
        "cloudwatch",
        ("Name",),
        create="PutMetricStream",
        reads="GetMetricStream ListMetricStreams",
        delete="DeleteMetricStream",
        arn="arn:aws:cloudwatch:{region}:{account}:metric-stream/{id}",
        fixed=(("State", "running"),),
    ),
)
