"""Tests of how a report is arranged for the page."""

from __future__ import annotations

from report.view import View
from tests.report.declared import report

VIEW = View(report("staging"))


def test_findings_are_grouped_by_rule_the_worst_first() -> None:
    assert [one.rule.id for one in VIEW.groups] == [
        "sg-no-public-ssh",
        "security-groups-rules",
        "account-root",
        "rds-multi-az",
    ]
    assert VIEW.severities == {"critical": 1, "high": 1, "medium": 1, "low": 1}


def test_the_worst_severity_of_a_part_is_that_of_its_worst_finding() -> None:
    assert VIEW.worst("edge") == "critical"
    assert VIEW.worst("cache") == ""


def test_every_resource_of_a_part_is_listed_once() -> None:
    for part in report("staging").architecture.parts:
        listed = [one for _, some in VIEW.resources(part.id) for one in some]
        assert len(listed) == VIEW.count(part.id)


def test_every_alarm_is_listed_under_one_part() -> None:
    listed = [one.name for _, some in VIEW.watched for one in some]
    assert sorted(listed) == sorted(one.name for one in report("staging").alarms)


def test_who_is_notified_is_an_address() -> None:
    alarm = report("staging").alarms[0]
    assert VIEW.hears(alarm) == "staging-alerts@example.com"


def test_a_topic_without_a_subscriber_notifies_nobody() -> None:
    alarm = report("staging").alarms[0].model_copy(update={"topics": ("unknown",)})
    assert VIEW.hears(alarm) == "nobody is subscribed"


def test_an_address_block_is_called_by_itself() -> None:
    assert VIEW.title("203.0.113.0/24") == "203.0.113.0/24"
    assert VIEW.title("") == "the stack as a whole"


def test_secrets_that_are_overdue_or_due_soon_are_counted_by_their_values() -> None:
    assert {one.state for one in VIEW.due} == {"overdue", "due soon"}
    assert {one.holds for one in VIEW.stored} == {"current"}
