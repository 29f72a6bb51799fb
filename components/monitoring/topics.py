"""Where alarms are heard: two encrypted topics that only this account's alarm services may publish to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

from components.iam import Statement, document
from components.options import child_of
from settings.names import Names

CRITICAL, WARNING = "critical", "warning"
_OF_THIS_ACCOUNT = ("cloudwatch.amazonaws.com", "events.rds.amazonaws.com")


@dataclass(frozen=True, kw_only=True)
class TopicsArgs:
    """Who hears of alarms."""

    names: Names
    key_arn: pulumi.Input[str]
    email: str | None = None
    """Subscriber of both topics; AWS asks them to confirm before the first message."""


class Topics(pulumi.ComponentResource):
    """``<prefix>-alerts-critical`` wakes somebody, ``<prefix>-alerts-warning`` is read in the morning."""

    critical: pulumi.Output[str]
    """ARN of the topic that wakes somebody."""
    warning: pulumi.Output[str]
    """ARN of the topic that can wait."""

    def __init__(self, name: str, args: TopicsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Topics", name, None, opts)
        self._name, self._args = name, args
        self.critical, self.warning = self._topic(CRITICAL), self._topic(WARNING)
        self.register_outputs({"critical": self.critical, "warning": self.warning})

    def _topic(self, severity: str) -> pulumi.Output[str]:
        part, label = child_of(self), f"{self._name}-{severity}"
        topic = sns.Topic(
            label,
            name=self._args.names.part(f"alerts-{severity}"),
            # Never alias/aws/sns: that key lets no alarm publish, and its message is dropped in silence.
            kms_master_key_id=self._args.key_arn,
            opts=part,
        )
        policy = sns.TopicPolicy(label, arn=topic.arn, policy=self._policy(topic.arn), opts=part)
        if self._args.email:
            sns.TopicSubscription(
                label,
                topic=topic.arn,
                protocol="email",
                endpoint=self._args.email,
                opts=part,
            )
        # Both, so that who publishes waits until it may: RDS tries at once.
        return pulumi.Output.all(topic.arn, policy.id)[0]

    def _policy(self, topic: pulumi.Output[str]) -> pulumi.Output[str]:
        account = self._args.names.account_id
        publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
        statements: list[Statement] = [
            {
                "Sid": "AlarmsOfThisAccount",
                **publish,
                "Principal": {"Service": list(_OF_THIS_ACCOUNT)},
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            },
            # EventBridge sends no aws:Source* key; its rules reach topics of their own account only.
            {"Sid": "Events", **publish, "Principal": {"Service": "events.amazonaws.com"}},
            {
                "Sid": "EncryptedTransportOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sns:Publish",
                "Resource": topic,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]
        return document(*statements)
