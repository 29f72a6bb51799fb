"""CloudWatch: composite alarms, of which moto has only the rule, and which alarms a description returns."""

from __future__ import annotations

import re
from typing import Any

from sandbox.moto.hooks import Asked, Params, Refused, answers, corrects
from sandbox.moto.memory import memory

_SUPPRESSOR = ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
_STATE = re.compile(r'(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*"?([^")]+)"?\s*\)')
METRIC, COMPOSITE = "MetricAlarm", "CompositeAlarm"


def named_alarms(rule: str) -> list[str]:
    """The names or ARNs of the alarms whose state a rule reads."""
    return _STATE.findall(rule)


@answers("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(asked: Asked) -> Params:
    """Store rule and suppressor; refuse one that names no alarm. The state stays OK: no rule is evaluated."""
    given = asked.params
    name, wanted = given["AlarmName"], named_alarms(given["AlarmRule"])
    if suppressor := given.get("ActionsSuppressor"):
        wanted.append(suppressor)
    known = {one for alarm in _alarms(asked) for one in (alarm.name, alarm.alarm_arn)}
    if absent := sorted(set(wanted) - known):
        raise Refused("ValidationError", f"AlarmRule or ActionsSuppressor: no alarm {', '.join(absent)}")
    # moto's code for metric alarms stores an AlarmRule too, but has no route to it.
    asked.response.put_metric_alarm()
    kept = memory("composite alarm", asked, name)
    kept.clear()
    kept.update({key: given[key] for key in _SUPPRESSOR if key in given})
    return {}


@corrects("cloudwatch", "DescribeAlarms")
def describe_alarms(asked: Asked, answer: Params) -> Params:
    """Return metric alarms alone unless the request names other types, as CloudWatch does."""
    types = asked.params.get("AlarmTypes") or [METRIC]
    composites = [
        {**one, **memory("composite alarm", asked, one["AlarmName"])}
        for one in answer.get("CompositeAlarms", [])
    ]
    return {
        **answer,
        "MetricAlarms": answer.get("MetricAlarms", []) if METRIC in types else [],
        "CompositeAlarms": composites if COMPOSITE in types else [],
    }


@answers("cloudwatch", "DeleteAlarms")
def delete_alarms(asked: Asked) -> Params:
    """Delete alarms, except one that a composite alarm names and that is not deleted with it."""
    names = set(asked.params["AlarmNames"])
    for alarm in _alarms(asked):
        if alarm.rule is None or alarm.name in names:
            continue
        needed = {*named_alarms(alarm.rule), memory("composite alarm", asked, alarm.name).get(_SUPPRESSOR[0])}
        if blocked := sorted(names & needed):
            raise Refused(
                "ValidationError",
                f"Cannot delete {blocked[0]} as there are composite alarm(s) depending on it.",
            )
    asked.backend.delete_alarms(sorted(names))
    for name in names:
        memory("composite alarm", asked, name).clear()
    return {}


def _alarms(asked: Asked) -> list[Any]:
    return list(asked.backend.alarms.values())
