"""Checks that messages of shipped stacks are delivered: topic, topic policy, key policy, subscription."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.monitoring.monitored import alarms
from tests.harness import ACCOUNT, Deployment, Registered
from tests.program import STACKS, shipped

PUBLISH = {"kms:Decrypt", "kms:GenerateDataKey*"}


@pytest.fixture(scope="module", params=STACKS)
def stack(request: pytest.FixtureRequest) -> Deployment:
    """A whole shipped stack."""
    return shipped(request.param)


def why_undelivered(deployment: Deployment, service: str, topic_arn: str) -> str | None:
    """Why a message of ``service`` to a topic is not delivered; None where it is."""
    topic = by_arn(deployment, "aws:sns/topic:Topic", topic_arn)
    if topic is None:
        return "there is no such topic"
    policies = [one for one in deployment.all("TopicPolicy") if one["arn"] == topic_arn]
    if not any(may(one, service, {"sns:Publish"}) for one in statements(policies, "policy")):
        return "its policy does not let the service publish"
    key = by_arn(deployment, "aws:kms/key:Key", topic["kmsMasterKeyId"])
    if key is None:
        return "its key is not of this stack"
    if not any(may(one, service, PUBLISH) for one in statements([key], "policy")):
        return "its key does not let the service use it"
    if not [one for one in deployment.all("TopicSubscription") if one["topic"] == topic_arn]:
        return "nobody is subscribed"
    return None


def by_arn(deployment: Deployment, type_: str, arn: str) -> Registered | None:
    return next((one for one in deployment.all(type_) if one.arn == arn), None)


def statements(owners: list[Registered], key: str) -> list[dict[str, Any]]:
    return [one for owner in owners for one in owner.document(key)["Statement"]]


def may(statement: dict[str, Any], service: str, actions: set[str]) -> bool:
    """Whether a statement allows ``service``, with the condition keys that AWS sends for it."""
    principal = statement["Principal"]
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    named = [services] if isinstance(services, str) else services
    given = statement["Action"]
    # EventBridge sends no source account or ARN to SNS and KMS; CloudWatch and RDS do.
    sent = {} if service == "events.amazonaws.com" else {"aws:SourceAccount": ACCOUNT}
    conditions = statement.get("Condition", {})
    met = set(conditions) <= {"StringEquals"} and all(
        sent.get(key) == value for key, value in conditions.get("StringEquals", {}).items()
    )
    covered = actions <= ({given} if isinstance(given, str) else set(given))
    return statement["Effect"] == "Allow" and service in named and covered and met


@pytest.mark.accepts("A41", "A44")
@pytest.mark.failure(24)
def test_every_alarm_reaches_somebody(stack: Deployment) -> None:
    told = {topic for one in alarms(stack) for topic in one["alarmActions"]}
    assert len(told) == 2
    assert {why_undelivered(stack, "cloudwatch.amazonaws.com", one) for one in told} == {None}


@pytest.mark.accepts("A46")
def test_every_event_reaches_somebody(stack: Deployment) -> None:
    targets = [one for one in stack.all("EventTarget") if one.name.startswith("monitoring-")]
    rules = [one for one in stack.all("EventRule") if one.name.startswith("monitoring-")]
    assert {one["rule"] for one in targets} == {one["name"] for one in rules}
    assert {why_undelivered(stack, "events.amazonaws.com", one["arn"]) for one in targets} == {None}


def test_every_database_event_reaches_somebody(stack: Deployment) -> None:
    topics = {one["snsTopic"] for one in stack.all("EventSubscription")}
    assert topics == {stack.named("topics-warning", "Topic").arn}
    assert {why_undelivered(stack, "events.rds.amazonaws.com", one) for one in topics} == {None}
