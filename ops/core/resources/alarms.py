"""Lists the CloudWatch alarms of a stack, with the one call that every command shares."""

from __future__ import annotations

from typing import Literal

from ops.core.aws_state import AwsState, Item

Kind = Literal["MetricAlarms", "CompositeAlarms"]
KINDS: tuple[Kind, ...] = ("MetricAlarms", "CompositeAlarms")


def stack_alarms(aws: AwsState, *kinds: Kind) -> list[Item]:
    """The alarms with the stack's prefix, as CloudWatch describes them; of both kinds where none is named."""
    asked = {"AlarmNamePrefix": aws.names.part(""), "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    return [
        one for kind in kinds or KINDS for one in aws.list("cloudwatch", "describe_alarms", kind, **asked)
    ]
