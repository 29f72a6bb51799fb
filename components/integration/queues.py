"""Creates the application's queues with dead-letter queues, for the roles that the stack file names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import sqs

from components.iam import document
from components.monitoring import QueueMetrics
from components.options import irreplaceable, unprotected_child
from iam_documents import deny, tls_only
from settings.names import Names
from settings.parts import Access
from settings.schema.parts import QueueSettings
from settings.schema.parts.queues import MAX_RETENTION_DAYS

DAY_S = 86_400
LONG_POLL_S = 20
DATA_KEY_REUSE_S = 300
"""Seconds for which SQS uses a data key again before it asks KMS for another."""
_SEND = ("sqs:SendMessage",)
_RECEIVE = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")


@dataclass(frozen=True, kw_only=True)
class QueuesArgs:
    """The declared queues, who uses them, and the key that encrypts their messages."""

    names: Names
    queues: Mapping[str, QueueSettings]
    access: Mapping[str, Access]
    """The roles that use a queue, by its short name."""
    administrators: Sequence[str]
    """Role ARN patterns; only they receive dead letters."""
    key_arn: pulumi.Input[str]


class Queues(pulumi.ComponentResource):
    """Encrypted queues over TLS only, closed to roles that no queue names."""

    metrics: Sequence[QueueMetrics]
    """Names of the queues, from which the alarms are made."""
    ready: Sequence[pulumi.Resource]
    """The queue policies: what a task that uses a queue depends on."""

    def __init__(self, name: str, args: QueuesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Queues", name, None, opts)
        self._args = args
        metrics: list[QueueMetrics] = []
        ready: list[pulumi.Resource] = []
        for key, settings in args.queues.items():
            names, access = args.names, args.access[key]
            arn = names.queue_arn(names.queue(key))
            dead = self._queue(
                f"{name}-{key}-dead-letters",
                names.dead_letter_queue(key),
                retention_days=MAX_RETENTION_DAYS,
                visibility_timeout_s=settings.visibility_timeout_s,
                redrive_allow={"redrivePermission": "byQueue", "sourceQueueArns": [arn]},
            )
            queue = self._queue(
                f"{name}-{key}",
                names.queue(key),
                retention_days=settings.retention_days,
                visibility_timeout_s=settings.visibility_timeout_s,
                redrive={"deadLetterTargetArn": dead.arn, "maxReceiveCount": settings.max_receives},
            )
            ready.append(self._restrict(f"{name}-{key}", queue, names.queue(key), access))
            none = Access(readers=(), writers=())
            self._restrict(f"{name}-{key}-dead-letters", dead, names.dead_letter_queue(key), none)
            metrics.append(
                QueueMetrics(
                    key=key,
                    queue_name=queue.name,
                    dead_letter_queue_name=dead.name,
                    max_age_minutes=settings.max_age_minutes,
                )
            )
        self.metrics, self.ready = metrics, ready
        self.register_outputs({"queues": {one.key: one.queue_name for one in metrics}})

    def _queue(
        self,
        label: str,
        queue: str,
        *,
        retention_days: int,
        visibility_timeout_s: int,
        redrive: dict[str, Any] | None = None,
        redrive_allow: dict[str, Any] | None = None,
    ) -> sqs.Queue:
        return sqs.Queue(
            label,
            name=queue,
            kms_master_key_id=self._args.key_arn,
            kms_data_key_reuse_period_seconds=DATA_KEY_REUSE_S,
            message_retention_seconds=retention_days * DAY_S,
            receive_wait_time_seconds=LONG_POLL_S,
            visibility_timeout_seconds=visibility_timeout_s,
            redrive_policy=None if redrive is None else pulumi.Output.json_dumps(redrive),
            redrive_allow_policy=None if redrive_allow is None else pulumi.Output.json_dumps(redrive_allow),
            opts=irreplaceable(self),
        )

    def _restrict(self, label: str, queue: sqs.Queue, name: str, access: Access) -> sqs.QueuePolicy:
        """Deny plain HTTP, and messages to all but the queue's users and administrators."""
        arn = self._args.names.queue_arn(name)
        statements = [
            deny(
                actions,
                arn,
                {
                    "ArnNotLike": {
                        "aws:PrincipalArn": [
                            *self._args.administrators,
                            *map(self._args.names.role_arn, roles),
                        ]
                    }
                },
                sid=sid,
                principal="*",
            )
            for sid, actions, roles in (
                ("OnlyWritersSend", _SEND, access.writers),
                ("OnlyReadersReceive", _RECEIVE, access.readers),
            )
        ]
        return sqs.QueuePolicy(
            label,
            queue_url=queue.url,
            policy=document(tls_only("sqs:*", arn), *statements),
            opts=unprotected_child(self),
        )
