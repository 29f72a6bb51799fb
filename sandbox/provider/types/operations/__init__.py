"""Rows for operations: logs, alarms, events, topics, queues, Systems Manager, budgets."""

from __future__ import annotations

from sandbox.provider.types.operations import budgets, cloudwatch, eventbridge, logs, scheduler, sns, sqs, ssm

__all__ = ["budgets", "cloudwatch", "eventbridge", "logs", "scheduler", "sns", "sqs", "ssm"]
