"""Publishes ages and remaining days as CloudWatch metrics, once a day; reads metadata only."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .ages import (
    AgeMissing,
    Days,
    authority_days,
    parameter_age,
    restore_test_age,
    secret_age,
)

BATCH: Final = 1000
"""The limit of metrics in one PutMetricData request."""
_CONFIG: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})


class AgesMissing(Exception):
    """Some ages cannot be published; the others are."""


def handler(_event: dict[str, Any], _context: object = None) -> dict[str, float]:
    """Handle the schedule's event: publish every age, then raise if one is missing or none is configured."""
    found: list[Days] = []
    problems: list[str] = []
    for read in _readers(datetime.now(UTC)):
        try:
            found.append(read())
        except (AgeMissing, BotoCoreError, ClientError) as problem:
            problems.append(_said(problem))
    _publish(found)
    if not found and not problems:
        problems.append("SECRETS, PARAMETERS, RESTORE_TESTING_PLAN, DATABASE_IDENTIFIER: all unset")
    if problems:
        raise AgesMissing("; ".join(problems))
    answer = {str(one): round(one.days, 2) for one in found}
    print(json.dumps(answer), flush=True)
    return answer


def _readers(now: datetime) -> Iterator[Callable[[], Days]]:
    """A call for each thing that the environment variables name."""
    for name in _listed("SECRETS"):
        yield partial(secret_age, boto3.client("secretsmanager", config=_CONFIG), name, now)
    for name in _listed("PARAMETERS"):
        yield partial(parameter_age, boto3.client("ssm", config=_CONFIG), name, now)
    if plan := os.environ.get("RESTORE_TESTING_PLAN"):
        namespace = os.environ["METRIC_NAMESPACE"]
        backup, metrics = boto3.client("backup", config=_CONFIG), boto3.client("cloudwatch", config=_CONFIG)
        yield partial(restore_test_age, metrics, backup, namespace, plan, now)
    if database := os.environ.get("DATABASE_IDENTIFIER"):
        yield partial(authority_days, boto3.client("rds", config=_CONFIG), database, now)


def _listed(variable: str) -> Sequence[str]:
    return json.loads(os.environ.get(variable) or "[]")


def _publish(found: Sequence[Days]) -> None:
    cloudwatch = boto3.client("cloudwatch", config=_CONFIG)
    for start in range(0, len(found), BATCH):
        data = [one.datum() for one in found[start : start + BATCH]]
        cloudwatch.put_metric_data(Namespace=os.environ["METRIC_NAMESPACE"], MetricData=data)


def _said(problem: Exception) -> str:
    if isinstance(problem, ClientError):
        return f"{problem.operation_name}: {problem.response.get('Error', {}).get('Code', 'unknown')}"
    return str(problem) if isinstance(problem, AgeMissing) else type(problem).__name__
