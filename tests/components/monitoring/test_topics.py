"""Topics: encrypted with our key, told by this account's alarms only, and heard by somebody."""

from __future__ import annotations

from typing import Any

import pytest

from components.kms import Keys, KeysArgs
from components.monitoring import Topics, TopicsArgs
from settings import read_stack_file
from settings.grants import grants
from tests.components.monitoring.monitored import monitored
from tests.harness import ACCOUNT, Deployment, deploy

SEVERITIES = ("critical", "warning")


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return monitored()


def statements(prod: Deployment, severity: str) -> dict[str, dict[str, Any]]:
    policy = prod.named(f"topics-{severity}", "TopicPolicy")
    return {one["Sid"]: one for one in policy.document("policy")["Statement"]}


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_topic_has_the_name_that_outsiders_know(prod: Deployment, severity: str) -> None:
    assert prod.named(f"topics-{severity}", "Topic")["name"] == f"aiponge-alerts-{severity}"


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_topic_is_encrypted_with_the_alerts_key(prod: Deployment, severity: str) -> None:
    topic = prod.named(f"topics-{severity}", "Topic")
    assert topic["kmsMasterKeyId"] == prod.named("keys-alerts", "Key").arn


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
def test_the_address_of_the_stack_file_hears_both(prod: Deployment, severity: str) -> None:
    heard = prod.named(f"topics-{severity}", "TopicSubscription")
    assert heard["topic"] == prod.named(f"topics-{severity}", "Topic").arn
    assert (heard["protocol"], heard["endpoint"]) == ("email", "oncall@example.com")


def test_without_an_address_nobody_is_subscribed() -> None:
    settings = read_stack_file("staging")

    def program() -> None:
        keys = Keys("keys", KeysArgs(names=settings.names, grants=grants(settings)))
        Topics("topics", TopicsArgs(names=settings.names, key_arn=keys.arns["alerts"]))

    assert deploy(program).all("TopicSubscription") == []
