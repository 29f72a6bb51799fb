"""Checks that messages of shipped stacks are delivered: topic, topic policy, key policy, subscription."""

from __future__ import annotations

import pytest

from iam_documents import Request, decide
from tests.components.monitoring.monitored import alarms, notifying
from tests.harness import ACCOUNT, Deployment, Registered
from tests.program import STACKS, shipped


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
    if not may(policies, service, "sns:Publish"):
        return "its policy does not let the service publish"
    key = by_arn(deployment, "aws:kms/key:Key", topic["kmsMasterKeyId"])
    if key is None:
        return "its key is not of this stack"
    if not may([key], service, "kms:Decrypt", "kms:GenerateDataKey", unnamed=True):
        return "its key does not let the service use it"
    if not [one for one in deployment.all("TopicSubscription") if one["topic"] == topic_arn]:
        return "nobody is subscribed"
    return None


def by_arn(deployment: Deployment, type_: str, arn: str) -> Registered | None:
    return next((one for one in deployment.all(type_) if one.arn == arn), None)


def may(policies: list[Registered], service: str, *actions: str, unnamed: bool = False) -> bool:
    """Whether the policies allow ``service`` for this account; ``unnamed``: even if AWS sends no source."""
    # EventBridge sends no source account or ARN to SNS and KMS; CloudWatch and RDS send them to SNS.
    sources: list[dict[str, str]] = [{}] if service == "events.amazonaws.com" or unnamed else []
    sources += [] if service == "events.amazonaws.com" else [{"aws:SourceAccount": ACCOUNT}]
    return all(
        decide(
            [one.document("policy") for one in policies],
            Request(action, policies[0].inputs.get("arn", policies[0].arn), service, sent),
            names_principal=True,
        )
        == "allowed"
        for sent in sources
        for action in actions
    )


@pytest.mark.accepts("A41", "A44")
@pytest.mark.failure(24)
def test_every_alarm_reaches_somebody(stack: Deployment) -> None:
    told = {topic for one in alarms(stack) for topic in notifying(stack, one["name"])["alarmActions"]}
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
