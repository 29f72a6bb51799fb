"""Checks every AWS call in the product whose response may be partial."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from ops.core.answers import BATCHES, TOKENS
from tests.program import ROOT

PACKAGES = ("ops", "functions", "settings", "components", "platforms", "cli", "deploy")
SERVICES = (
    "accessanalyzer", "acm", "application-autoscaling", "autoscaling", "backup", "cloudtrail",
    "cloudwatch", "config", "ec2", "ecr", "ecs", "elasticache", "elbv2", "events", "guardduty", "iam",
    "inspector2", "kms", "lambda", "logs", "oam", "ram", "rds", "resourcegroupstaggingapi", "route53",
    "route53resolver", "s3", "s3control", "secretsmanager", "service-quotas", "servicediscovery", "sns",
    "ssm", "sts", "vpc-lattice", "wafv2",
)  # fmt: skip
HELPER = "ops/core/answers.py"
OF_ROWS = {"listed": "list", "asked": "ask"}
"""The functions of a row of the table of attachments, which take ``service:Operation``."""
KNOWN = {
    # Lambda code imports nothing of ops; it reports missing services as failed.
    ("functions/redeploy_readers/handler.py", "describe_services"),
    # Lambda code imports nothing of ops: one secret with all its pages, one instance, one authority, and one
    # parameter with boto3's own paginator; it raises where there is none.
    ("functions/publish_ages/ages.py", "list_secret_version_ids"),
    ("functions/publish_ages/ages.py", "describe_db_instances"),
    ("functions/publish_ages/ages.py", "describe_certificates"),
    ("functions/publish_ages/ages.py", "describe_parameters"),
    ("functions/validate_restore/handler.py", "describe_db_instances"),
    # One instance by its identifier; the image of the re-encryption task calls nothing else.
    ("ops/reencrypt/records/marker.py", "describe_db_instances"),
    # The package imports nothing of ops; it looks at one service or task, and says when that is missing.
    ("deploy/deployments.py", "describe_services"),
    ("deploy/service.py", "describe_tasks"),
    ("deploy/one_off_task.py", "describe_tasks"),
    ("deploy/one_off_task.py", "run_task"),
    # One task; where ECS starts none, the command says why.
    ("ops/access/run_task.py", "run_task"),
    # The image of one tag, whose absence is an error.
    ("deploy/image.py", "describe_images"),
    # With boto3's own paginators.
    ("deploy/host.py", "list_commands"),
    ("deploy/host.py", "list_command_invocations"),
    ("deploy/one_off_task.py", "list_tasks"),
    ("deploy/service.py", "list_tasks"),
}
"""The calls outside the helper that are allowed, each with the reason."""
# What an item failed with; not the error of the last delivery of a trail, which is a fact about the trail.
_ITEM_ERRORS = re.compile(r"failures|errors|invalidparameters|failed\w+|unprocessed\w+|unsuccessful", re.I)
_MORE = frozenset({*TOKENS, "Marker", "NextMarker", "IsTruncated"})


@cache
def partial() -> dict[str, set[str]]:
    """Every operation with a partial response: ``pages`` or ``items``, by the client's method."""
    session, found = botocore.session.get_session(), dict[str, set[str]]()
    for service in SERVICES:
        model = session.get_service_model(service)
        for api in model.operation_names:
            shape = model.operation_model(api).output_shape
            members = set(shape.members) if shape else set()
            kinds = {"pages"} if members & _MORE else set()
            kinds |= {"items"} if any(map(_ITEM_ERRORS.fullmatch, members)) else set()
            if kinds:
                found.setdefault(xform_name(api), set()).update(kinds)
    return found


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """The client and AwsState calls in a module: the function, and the operation."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in OF_ROWS:
            for one in node.args[:1]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield OF_ROWS[node.func.id], xform_name(one.value.rpartition(":")[2])
        if not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        if name in ("ask", "list", "items", "listed", "pages", "get_paginator", "of_bucket"):
            for one in node.args[:2]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield name, one.value
        else:
            yield "", name


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def wrong() -> Iterator[str]:
    for path in modules():
        where = path.relative_to(ROOT).as_posix()
        if where == HELPER:
            continue
        for how, operation in calls(path):
            kinds = partial().get(operation, set())
            if how == "get_paginator" and (where, operation) not in KNOWN:
                yield f"{where}: {operation} is paginated outside {HELPER}"
            elif how in ("", "ask", "of_bucket") and kinds and (where, operation) not in KNOWN:
                yield f"{where}: {operation} may answer a part ({', '.join(sorted(kinds))})"
            elif how in ("list", "listed", "pages") and "items" in kinds:
                yield f"{where}: items of {operation} can fail"
            elif how == "items" and operation in partial() and operation not in BATCHES:
                yield f"{where}: {operation} is no known batch"


@pytest.mark.finding(7)
def test_every_answer_that_may_be_a_part_is_read_by_the_helper() -> None:
    assert list(wrong()) == []


def test_every_exception_is_still_needed() -> None:
    made = {
        (path.relative_to(ROOT).as_posix(), operation)
        for path in modules()
        for _, operation in calls(path)
        if operation in partial()
    }
    assert made >= KNOWN


@pytest.mark.parametrize("operation", BATCHES)
def test_a_batch_is_described_as_botocore_knows_it(operation: str) -> None:
    batch, session = BATCHES[operation], botocore.session.get_session()
    model: Any
    (model,) = [
        model.operation_model(batch.api)
        for service in SERVICES
        if batch.api in (model := session.get_service_model(service)).operation_names
    ]
    assert xform_name(batch.api) == operation
    assert batch.asks in model.input_shape.members
    assert {batch.answers, batch.errors} <= set(model.output_shape.members)
    failed = model.output_shape.members[batch.errors].member
    if batch.name:
        assert {batch.name, batch.code} <= set(failed.members)
    else:
        assert failed.type_name == "string"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("client.describe_tasks(tasks=[])", "describe_tasks may answer a part"),
        ("aws.ask('ssm', 'get_parameters', Names=[])", "get_parameters may answer a part"),
        ("client.list_secrets()", "list_secrets may answer a part"),
        ("client.get_paginator('list_secrets')", "is paginated outside"),
        ("aws.list('ecs', 'describe_tasks', 'tasks')", "items of describe_tasks can fail"),
        ("aws.items('ecs', 'run_task', [])", "run_task is no known batch"),
        ("asked('kms:ListGrants', 'Grants')", "list_grants may answer a part"),
        ("listed('ecs:DescribeTasks', 'tasks')", "items of describe_tasks can fail"),
    ],
)
def test_a_call_that_reads_a_part_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, says: str
) -> None:
    module = tmp_path / "module.py"
    module.write_text(f"{text}\n")
    monkeypatch.setattr(f"{__name__}.modules", lambda: [module])
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (found,) = wrong()
    assert says in found
