"""Constructs the buckets and queues of an application, and derives what each process may do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.audit import Audit
from components.data import Buckets, BucketsArgs
from components.integration import Queues, QueuesArgs
from components.kms import Keys
from components.monitoring import QueueMetrics
from iam_documents import Statement, use_buckets, use_queues
from settings.grants import Grants
from settings.parts import used_as
from settings.schema.stack import Settings


@dataclass(frozen=True, kw_only=True)
class Shared:
    """The constructed buckets and queues; empty for a stack that declares none."""

    ready: Sequence[pulumi.Resource] = ()
    """What a task or host that uses them depends on."""
    queues: Sequence[QueueMetrics] = ()
    """Names of the queues, from which the alarms are made."""


def run_shared(
    settings: Settings, access: Grants, *, keys: Keys, audit: Audit | None, opts: pulumi.ResourceOptions
) -> Shared:
    """Construct the buckets and queues that the stack declares."""
    names, administrators = settings.names, settings.administrators
    ready: list[pulumi.Resource] = []
    metrics: Sequence[QueueMetrics] = ()
    if settings.buckets:
        buckets = Buckets(
            "buckets",
            BucketsArgs(
                names=names,
                buckets=settings.buckets,
                access=access.buckets,
                administrators=administrators,
                key_arn=keys.arns["buckets"],
                access_logs=audit.access_logs if audit else None,
            ),
            opts,
        )
        ready += buckets.ready
    if settings.queues:
        queues = Queues(
            "queues",
            QueuesArgs(
                names=names,
                queues=settings.queues,
                access=access.queues,
                administrators=administrators,
                key_arn=keys.arns["queues"],
            ),
            opts,
        )
        ready += queues.ready
        metrics = queues.metrics
    return Shared(ready=ready, queues=metrics)


def shared_rights(settings: Settings, keys: Keys, user: str) -> tuple[Statement, ...]:
    """What ``user`` may do with the buckets and queues that list it as reader or writer."""
    names, region = settings.names, settings.region
    statements: list[Statement] = []
    if settings.buckets:
        read, written = (
            [f"arn:aws:s3:::{names.bucket(key)}" for key in found]
            for found in used_as(settings.buckets, user)
        )
        statements += use_buckets(read, written, keys.arns["buckets"], region)
    if settings.queues:
        received, sent = (
            [names.queue_arn(names.queue(key)) for key in found] for found in used_as(settings.queues, user)
        )
        statements += use_queues(received, sent, keys.arns["queues"], region)
    return tuple(statements)
