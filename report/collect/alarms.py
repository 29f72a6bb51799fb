"""Describes the alarms of a stack: what each is about, when it notifies, and who is notified."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.core.aws_state import AwsState
from ops.core.resources.alarms import stack_alarms
from ops.core.updater import Deployed
from report.collect.watched import Watched
from report.schema import Alarm, Subscriber, Topic

METRIC, COMPOSITE = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"
RULE, TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
TOPIC, SUBSCRIPTION = "aws:sns/topic:Topic", "aws:sns/topicSubscription:TopicSubscription"
RDS_EVENTS = "aws:rds/eventSubscription:EventSubscription"
_NAMED = re.compile(r'ALARM\("?([^")]+)"?\)')
_SIGNS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
    "GreaterThanUpperThreshold": "> the usual band of",
}
_EVENT_PARTS = (
    ("ecs", "containers"),
    ("guardduty", "audit"),
    ("config", "audit"),
    ("secretsmanager", "secrets"),
    ("kms", "keys"),
    ("backup", "backup"),
    ("rds", "database"),
    ("ssm", "host"),
    ("elasticache", "cache"),
)


def topics(deployed: Sequence[Deployed]) -> tuple[Topic, ...]:
    """The topics with their subscribers."""
    found = [one.inputs for one in deployed if one.type == SUBSCRIPTION]
    return tuple(
        Topic(
            name=str(one.inputs["name"]),
            subscribers=tuple(
                Subscriber(protocol=str(sub["protocol"]), endpoint=str(sub["endpoint"]))
                for sub in found
                if _topic_name(sub["topic"]) == one.inputs["name"]
            ),
        )
        for one in deployed
        if one.type == TOPIC
    )


def alarms(aws: AwsState, deployed: Sequence[Deployed]) -> tuple[Alarm, ...]:
    """Every alarm and every event rule that notifies a topic."""
    states, watched = _states(aws), Watched(aws.settings)
    composites = [one.inputs for one in deployed if one.type == COMPOSITE]
    grouped = {name: rule for rule in composites for name in _NAMED.findall(str(rule["alarmRule"]))}
    parts: dict[str, str] = {}
    found: list[Alarm] = []
    for one in deployed:
        if one.type != METRIC:
            continue
        name = str(one.inputs["name"])
        parts[name] = watched(one.inputs)
        through = grouped.get(name, {})
        found.append(
            Alarm(
                name=name,
                kind="metric",
                description=str(one.inputs.get("alarmDescription") or ""),
                condition=_condition(one.inputs),
                watches=parts[name],
                topics=_topics(one.inputs) or _topics(through),
                through=str(through.get("alarmName", "")),
                state=states.get(name, ""),
            )
        )
    for rule in composites:
        name = str(rule["alarmName"])
        causes = _NAMED.findall(str(rule["alarmRule"]))
        found.append(
            Alarm(
                name=name,
                kind="composite",
                description=str(rule.get("alarmDescription") or ""),
                condition=f"any of {len(causes)} alarms" if len(causes) > 1 else causes[0],
                watches=next((parts[cause] for cause in causes if cause in parts), "monitoring"),
                topics=_topics(rule),
                state=states.get(name, ""),
            )
        )
    return (*found, *_events(deployed))


def _events(deployed: Sequence[Deployed]) -> Iterator[Alarm]:
    told: dict[str, str] = {}
    for one in deployed:
        if one.type == TARGET and ":sns:" in str(one.inputs.get("arn")):
            told[str(one.inputs["rule"])] = _topic_name(one.inputs["arn"])
    for one in deployed:
        name = str(one.inputs.get("name"))
        if one.type == RULE and name in told:
            pattern = str(one.inputs.get("eventPattern") or "")
            yield Alarm(
                name=name,
                kind="event",
                description=str(one.inputs.get("description") or ""),
                condition="each matching event",
                watches=next((part for word, part in _EVENT_PARTS if f"aws.{word}" in pattern), "audit"),
                topics=(told[name],),
            )
        if one.type == RDS_EVENTS:
            yield Alarm(
                name=name,
                kind="event",
                description=f"RDS events of the {one.inputs['sourceType']}",
                condition=", ".join(one.inputs.get("eventCategories") or ["every event"]),
                watches="database",
                topics=(_topic_name(one.inputs["snsTopic"]),),
            )


def _states(aws: AwsState) -> dict[str, str]:
    """The state of each alarm by name."""
    return {one["AlarmName"]: one["StateValue"] for one in stack_alarms(aws)}


def _topics(inputs: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_topic_name(arn) for arn in inputs.get("alarmActions") or [] if ":sns:" in str(arn))


def _topic_name(arn: object) -> str:
    return str(arn).rpartition(":")[2]


def _condition(inputs: Mapping[str, Any]) -> str:
    """``CPUUtilization Average > 80, 3 of 3 periods of 5 min``."""
    metric = inputs
    if not inputs.get("metricName"):
        metric = next((one["metric"] for one in inputs.get("metricQueries") or [] if one.get("metric")), {})
    stat = metric.get("statistic") or metric.get("extendedStatistic") or metric.get("stat") or ""
    sign = _SIGNS.get(str(inputs.get("comparisonOperator")), "")
    limit = inputs.get("threshold")
    shown = f"{limit:g}" if isinstance(limit, int | float) else "that hour" if "band" in sign else ""
    periods, needed = int(inputs.get("evaluationPeriods") or 1), int(inputs.get("datapointsToAlarm") or 1)
    length = _length(int(metric.get("period") or 60))
    within = f"{needed} of {periods} periods of {length}" if periods > 1 else f"in {length}"
    expression = " (ratio)" if metric is not inputs and "band" not in sign else ""
    return (
        " ".join(f"{metric.get('metricName', '')} {stat}{expression} {sign} {shown}".split()) + f", {within}"
    )


def _length(seconds: int) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
