"""Checks that nothing undeclared was attached to the resources of a stack, or is shared from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ops.checks.verify.attachments.looking import look
from ops.checks.verify.attachments.row import Row
from ops.checks.verify.attachments.table import TABLE
from ops.checks.verify.registry import ATTACHED, Problem, check
from ops.core.aws_state import AwsState

REQUIREMENTS: Mapping[str, tuple[str, ...]] = {
    "accessanalyzer": ("B60",),
    "acm": ("A1",),
    "autoscaling": ("B35",),
    "cfg": ("B35",),
    "cloudtrail": ("B35",),
    "cloudwatch": ("A40", "A41"),
    "ec2": ("A20", "A53"),
    "ecr": ("A51",),
    "ecs": ("A51",),
    "elasticache": ("A30",),
    "guardduty": ("B59",),
    "iam": ("A7", "A51"),
    "inspector2": ("B62",),
    "kms": ("A3", "A16"),
    "lambda": ("A33",),
    "lb": ("A24", "A53"),
    "rds": ("A15", "A36"),
    "route53": ("A1",),
    "s3": ("B35",),
    "secretsmanager": ("A3", "A7", "A31"),
    "servicediscovery": ("A12",),
    "sns": ("A41",),
    "ssm": ("B29",),
    "wafv2": ("A53",),
}
"""The requirements by the service of the types."""


def service_of(type_: str) -> str:
    """The service in a type of Pulumi's AWS provider: ``aws:kms/key:Key``."""
    return type_.partition(":")[2].partition("/")[0]


def _register() -> None:
    services: dict[str, dict[str, Sequence[Row]]] = {}
    for type_, rows in TABLE.items():
        services.setdefault(service_of(type_), {})[type_] = rows
    for service, requirements in REQUIREMENTS.items():
        ask = partial(_look, rows=services[service])
        check(f"{ATTACHED}-{service}", *requirements)(ask)


def _look(aws: AwsState, rows: Mapping[str, Sequence[Row]]) -> Iterator[Problem]:
    return look(aws, rows)


_register()
