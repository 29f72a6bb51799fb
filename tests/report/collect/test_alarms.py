"""Tests of alarms: each is about a part of the page, and says who is notified."""

from __future__ import annotations

import pytest

from report.collect.alarms import COMPOSITE, METRIC, alarms
from report.schema import Alarm
from settings import read_stack_file
from tests.program import STACKS
from tests.report.declared import Answers, deployed, report


def alarm(stack: str, slug: str) -> Alarm:
    (found,) = (one for one in report(stack).alarms if one.name.endswith(slug))
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_every_declared_alarm_is_there(stack: str) -> None:
    declared = [one for one in deployed(stack) if one.type in (METRIC, COMPOSITE)]
    assert len([one for one in report(stack).alarms if one.kind != "event"]) == len(declared)


@pytest.mark.parametrize("stack", STACKS)
def test_every_alarm_is_about_a_part_of_the_page(stack: str) -> None:
    made = report(stack)
    parts = {part.id for part in made.architecture.parts}
    assert [one.name for one in made.alarms if one.watches not in parts] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_alarm_notifies_a_topic_with_a_subscriber(stack: str) -> None:
    made = report(stack)
    heard = {topic.name for topic in made.topics if topic.subscribers}
    assert [one.name for one in made.alarms if not heard & {*one.topics}] == []


@pytest.mark.parametrize(
    ("stack", "slug", "part"),
    [
        ("staging", "AL16-database-cpu", "database"),
        ("staging", "AL17-cache-auth-failures-node-1", "cache"),
        ("staging", "AL18-cpu-user", "user"),
        ("staging", "AL10-slow-calls-api-gateway-to-music", "music"),
        ("staging", "AL13-slow-answers", "edge"),
        ("staging", "AL18-nat-drops-a", "network"),
        ("staging", "C1-refused-call", "audit"),
        ("staging", "S14-trail-silent", "audit"),
        ("staging", "S7-secret-due-aiponge-database-url", "secrets"),
        ("staging", "S12-database-authority-critical", "database"),
        ("staging", "S6-function-publish-ages", "ages"),
        ("staging", "AL9-deployment-failed", "containers"),
        ("staging", "S13-finding", "audit"),
        ("cinematch-staging", "BL3-docker-down", "host"),
    ],
)
def test_an_alarm_is_about_the_part_that_its_metric_describes(stack: str, slug: str, part: str) -> None:
    found = [one for one in report(stack).alarms if one.name.endswith(slug) and "S16" not in one.name]
    assert {one.watches for one in found} == {part}


def test_an_alarm_of_a_composite_says_through_which_it_notifies() -> None:
    one = alarm("staging", "AL10-slow-calls-api-gateway-to-music")
    assert one.through == "aiponge-AL10-slow-music"
    assert one.topics == alarm("staging", "AL10-slow-music").topics != ()


def test_the_condition_has_metric_threshold_and_periods() -> None:
    condition = alarm("staging", "AL16-database-cpu").condition
    assert condition == "CPUUtilization Average > 80, 3 of 3 periods of 5 min"


def test_the_state_is_the_one_in_aws() -> None:
    name = "aiponge-AL16-database-cpu"
    answers = Answers(read_stack_file("staging"), {name: "ALARM"})
    shown = {one.name: one.state for one in alarms(answers, deployed("staging"))}
    assert shown[name] == "ALARM"
    assert shown["aiponge-C1-refused-call"] == ""
