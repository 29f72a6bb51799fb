"""The two encrypted SNS topics of alarms, to which only this account's alarm services may publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

from components.iam import document
from components.options import child_of
from iam_documents import allow, tls_only
from settings.names import Names

CRITICAL, WARNING = "critical", "warning"
_OF_THIS_ACCOUNT = ("cloudwatch.amazonaws.com", "events.rds.amazonaws.com")


@dataclass(frozen=True, kw_only=True)
class TopicsArgs:
    """The key and the subscriber of the topics."""

    names: Names
    key_arn: pulumi.Input[str]
    email: str | None = None
    """Subscriber of both topics, who must confirm a message from AWS first."""


class Topics(pulumi.ComponentResource):
    """``<prefix>-alerts-critical`` needs attention at once, ``<prefix>-alerts-warning`` can wait."""

    critical: pulumi.Output[str]
    """ARN of the topic for alarms that need attention at once."""
    warning: pulumi.Output[str]
    """ARN of the topic for alarms that can wait."""
    ready: Sequence[pulumi.Resource]
    """The topic policies: what a publisher depends on, because RDS sends a test message at once."""

    def __init__(self, name: str, args: TopicsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Topics", name, None, opts)
        self._args = args
        critical, warning = self._topic(CRITICAL), self._topic(WARNING)
        self.critical, self.warning = critical.arn, warning.arn
        self.ready = [self._let_publish(CRITICAL, critical), self._let_publish(WARNING, warning)]
        self.register_outputs({"critical": self.critical, "warning": self.warning})

    def _topic(self, severity: str) -> sns.Topic:
        label = f"{self.pulumi_resource_name}-{severity}"
        topic = sns.Topic(
            label,
            name=self._args.names.part(f"alerts-{severity}"),
            # Never alias/aws/sns: its key policy lets no alarm publish, and messages are lost silently.
            kms_master_key_id=self._args.key_arn,
            opts=child_of(self),
        )
        if self._args.email:
            sns.TopicSubscription(
                label,
                topic=topic.arn,
                protocol="email",
                endpoint=self._args.email,
                opts=child_of(self),
            )
        return topic

    def _let_publish(self, severity: str, topic: sns.Topic) -> sns.TopicPolicy:
        return sns.TopicPolicy(
            f"{self.pulumi_resource_name}-{severity}",
            arn=topic.arn,
            policy=self._policy(topic.arn),
            opts=child_of(self),
        )

    def _policy(self, topic: pulumi.Output[str]) -> pulumi.Output[str]:
        account = self._args.names.account_id
        return document(
            allow(
                "sns:Publish",
                topic,
                {"StringEquals": {"aws:SourceAccount": account}},
                sid="AlarmsOfThisAccount",
                principal={"Service": list(_OF_THIS_ACCOUNT)},
            ),
            # EventBridge sends no aws:Source* key; its rules reach topics of their own account only.
            allow("sns:Publish", topic, sid="Events", principal={"Service": "events.amazonaws.com"}),
            tls_only("sns:Publish", topic, sid="EncryptedTransportOnly"),
        )
