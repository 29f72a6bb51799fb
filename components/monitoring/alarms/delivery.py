"""Alarms on failures of the topics, event rules and functions that other alarms depend on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pulumi

from components.monitoring.alarm import Alarm, Metric, Severity
from settings.names import Names

_OTHER: dict[str, Severity] = {"critical": "warning", "warning": "critical"}


def delivery_alarms(names: Names, rules: Iterable[str]) -> Iterator[Alarm]:
    """Yield the alarms on both topics, each sent to the other one, and on the event rules by label."""
    for topic, other in _OTHER.items():
        yield Alarm(
            id="S16",
            slug=f"undelivered-{topic}",
            description=f"SNS cannot deliver messages of the {topic} topic.",
            series=Metric(
                namespace="AWS/SNS",
                name="NumberOfNotificationsFailed",
                dimensions={"TopicName": names.part(f"alerts-{topic}")},
            ),
            threshold=1,
            severity=other,
        )
    for rule in rules:
        yield Alarm(
            id="S16",
            slug=f"failed-{rule}",
            description=f"Event rule {rule} matched an event and could not invoke its target.",
            series=Metric(
                namespace="AWS/Events",
                name="FailedInvocations",
                dimensions={"RuleName": names.part(rule)},
            ),
            threshold=1,
            severity="warning",
        )


def function_alarms(functions: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    """Yield the alarms on functions that fail."""
    for function, name in functions.items():
        yield Alarm(
            id="S6",
            slug=f"function-{function}",
            description=f"Lambda function {function} failed.",
            series=Metric(namespace="AWS/Lambda", name="Errors", dimensions={"FunctionName": name}),
            threshold=1,
            severity="critical",
        )
