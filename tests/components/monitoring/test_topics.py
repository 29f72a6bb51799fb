"""Tests of Topics: encrypted with the alerts key, for this account's alarm services, with a subscriber."""

from __future__ import annotations

from typing import Any

import pytest

from components.monitoring import Topics, TopicsArgs
from tests.components.alone import build
from tests.components.monitoring.monitored import NAMES
from tests.components.stand_ins import key_arn
from tests.harness import ACCOUNT, Deployment

SEVERITIES = ("critical", "warning")


def topics(email: str | None = None) -> Deployment:
    """The topics of a stack, with the policies that publishers depend on."""

    def program() -> dict[str, Any]:
        made = Topics("topics", TopicsArgs(names=NAMES, key_arn=key_arn("alerts"), email=email))
        return {"ready": [one.urn for one in made.ready]}

    return build(program)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return topics("oncall@example.com")


def statements(prod: Deployment, severity: str) -> dict[str, dict[str, Any]]:
    policy = prod.named(f"topics-{severity}", "TopicPolicy")
    return {one["Sid"]: one for one in policy.document("policy")["Statement"]}


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_topic_has_the_name_that_outsiders_know(prod: Deployment, severity: str) -> None:
    assert prod.named(f"topics-{severity}", "Topic")["name"] == f"aiponge-alerts-{severity}"


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_topic_is_encrypted_with_the_alerts_key(prod: Deployment, severity: str) -> None:
    topic = prod.named(f"topics-{severity}", "Topic")
    assert topic["kmsMasterKeyId"] == key_arn("alerts")


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_policy_is_the_one_of_its_topic(prod: Deployment, severity: str) -> None:
    topic = prod.named(f"topics-{severity}", "Topic").arn
    assert prod.named(f"topics-{severity}", "TopicPolicy")["arn"] == topic
    assert {one["Resource"] for one in statements(prod, severity).values()} == {topic}


@pytest.mark.parametrize("severity", SEVERITIES)
def test_only_this_accounts_alarms_and_database_events_publish(prod: Deployment, severity: str) -> None:
    alarms = statements(prod, severity)["AlarmsOfThisAccount"]
    assert alarms["Principal"] == {"Service": ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]}
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert alarms["Action"] == "sns:Publish"


@pytest.mark.parametrize("severity", SEVERITIES)
def test_event_rules_publish_without_a_source_that_they_never_send(prod: Deployment, severity: str) -> None:
    events = statements(prod, severity)["Events"]
    assert events["Principal"] == {"Service": "events.amazonaws.com"}
    assert events["Action"] == "sns:Publish"
    assert "Condition" not in events


@pytest.mark.parametrize("severity", SEVERITIES)
def test_nothing_publishes_in_clear(prod: Deployment, severity: str) -> None:
    refused = statements(prod, severity)["EncryptedTransportOnly"]
    assert (refused["Effect"], refused["Principal"], refused["Action"]) == ("Deny", "*", "sns:Publish")
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("severity", SEVERITIES)
def test_no_other_statement_lets_anybody_in(prod: Deployment, severity: str) -> None:
    assert set(statements(prod, severity)) == {"AlarmsOfThisAccount", "Events", "EncryptedTransportOnly"}


@pytest.mark.parametrize("severity", SEVERITIES)
def test_the_given_address_hears_both(prod: Deployment, severity: str) -> None:
    heard = prod.named(f"topics-{severity}", "TopicSubscription")
    assert heard["topic"] == prod.named(f"topics-{severity}", "Topic").arn
    assert (heard["protocol"], heard["endpoint"]) == ("email", "oncall@example.com")


def test_without_an_address_nobody_is_subscribed() -> None:
    assert topics().all("TopicSubscription") == []


def test_a_publisher_waits_for_both_policies(prod: Deployment) -> None:
    assert prod.result["ready"] == [prod.named(f"topics-{one}", "TopicPolicy").urn for one in SEVERITIES]
