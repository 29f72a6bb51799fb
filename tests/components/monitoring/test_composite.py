"""Tests of the composite alarms: which alarms send one message, and which alarm suppresses it."""

from __future__ import annotations

import pytest

from tests.components.monitoring.monitored import (
    PLATFORM,
    TOPICS,
    alarm,
    alarms,
    composites,
    monitored,
    monitoring,
    services,
    with_service,
)
from tests.harness import Deployment

# label: the alarms in whose place it notifies, the alarm that suppresses its actions, topic
GROUPS = {
    "AL6-target-unhealthy": (["AL6-unhealthy-targets"], "AL7-no-healthy-target", "warning"),
    "AL14-server-errors": (
        ["AL14-load-balancer-errors", "AL15-error-ratio"],
        "AL7-no-healthy-target",
        "critical",
    ),
    "AL10-slow-user": (["AL10-slow-calls-api-gateway-to-user"], "AL8-tasks-missing-user", "critical"),
    "AL11-failing-user": (["AL11-failed-calls-api-gateway-to-user"], "AL8-tasks-missing-user", "warning"),
    "AL10-slow-music": (["AL10-slow-calls-api-gateway-to-music"], "AL8-tasks-missing-music", "critical"),
    "AL11-failing-music": (["AL11-failed-calls-api-gateway-to-music"], "AL8-tasks-missing-music", "warning"),
}


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return monitored()


def test_the_composite_alarms_are_the_listed_ones(prod: Deployment) -> None:
    assert {one.name.removeprefix("monitoring-") for one in composites(prod)} == set(GROUPS)


@pytest.mark.parametrize("label", GROUPS)
def test_a_composite_alarm_notifies_in_place_of_its_alarms(prod: Deployment, label: str) -> None:
    grouped, _, severity = GROUPS[label]
    found = prod.named(f"monitoring-{label}", "CompositeAlarm")
    assert found["alarmName"] == f"aiponge-{label}"
    assert found["alarmRule"] == " OR ".join(f'ALARM("aiponge-{one}")' for one in grouped)
    assert found["actionsEnabled"] is True
    assert found["alarmActions"] == found["okActions"] == [TOPICS[severity]]
    for one in grouped:
        assert not {"alarmActions", "okActions"} & set(alarm(prod, one))


@pytest.mark.parametrize("label", GROUPS)
def test_an_alarm_on_the_cause_suppresses_it_and_notifies_itself(prod: Deployment, label: str) -> None:
    _, cause, _ = GROUPS[label]
    suppressor = prod.named(f"monitoring-{label}", "CompositeAlarm")["actionsSuppressor"]
    assert suppressor == {"alarm": f"aiponge-{cause}", "waitPeriod": 180, "extensionPeriod": 300}
    assert alarm(prod, cause)["alarmActions"] == [TOPICS["critical"]]


def test_every_alarm_of_a_composite_alarm_is_created_before_it(prod: Deployment) -> None:
    urns = {one["name"]: one.urn for one in alarms(prod)}
    for one in composites(prod):
        named = {
            urns[state.removeprefix('ALARM("').removesuffix('")')] for state in one["alarmRule"].split(" OR ")
        }
        assert named <= set(one.property_dependencies["alarmRule"])
        assert urns[one["actionsSuppressor"]["alarm"]] in one.property_dependencies["actionsSuppressor"]


def test_a_service_that_several_call_sends_one_message() -> None:
    found = monitoring(services=services(with_service("music", calls=("user",))))
    slow = found.named("monitoring-AL10-slow-user", "CompositeAlarm")["alarmRule"]
    names = (f"aiponge-AL10-slow-calls-{caller}-to-user" for caller in ("api-gateway", "music"))
    assert slow == " OR ".join(f'ALARM("{name}")' for name in names)
    assert len(composites(found)) == 2 * (len(PLATFORM.services) - 1)
