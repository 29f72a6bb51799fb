"""The messengers and helpers: topics, rules and functions that fail are reported by something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pulumi

from components.monitoring.alarm import Alarm, Metric, Severity
from settings.names import Names

_OTHER: dict[str, Severity] = {"critical": "warning", "warning": "critical"}


def delivery_alarms(names: Names, rules: Iterable[str]) -> Iterator[Alarm]:
    """S16, for both topics and for the event rules by label."""
    for topic, other in _OTHER.items():
        yield Alarm(
            id="S16",
            slug=f"undelivered-{topic}",
            description=f"Messages of the {topic} topic reach nobody.",
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
            description=f"Rule {rule} saw an event and could not tell anybody.",
            series=Metric(
                namespace="AWS/Events",
                name="FailedInvocations",
                dimensions={"RuleName": names.part(rule)},
            ),
            threshold=1,
            severity="warning",
        )


def function_alarms(functions: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    """S6, for the functions that rotate secrets and what follows from it."""
    for function, name in functions.items():
        yield Alarm(
            id="S6",
            slug=f"function-{function}",
            description=f"Function {function} failed.",
            series=Metric(namespace="AWS/Lambda", name="Errors", dimensions={"FunctionName": name}),
            threshold=1,
            severity="critical",
        )
