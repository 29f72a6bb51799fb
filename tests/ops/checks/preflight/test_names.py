"""Tests of ``ops preflight``: names that are in use."""

from __future__ import annotations

from typing import Any

import pytest

from ops.checks.preflight.names import KINDS
from tests.ops.checks.preflight.account import Account, problems, refusal
from tests.ops.live import declared
from tests.parts import parts_settings


@pytest.mark.failure(27)
def test_a_secret_name_that_is_still_being_deleted_is_found() -> None:
    from datetime import UTC, datetime

    gone = {"Name": "aiponge/jwt-secret", "ARN": "arn", "DeletedDate": datetime(2030, 1, 2, tzinfo=UTC)}
    (problem,) = problems(Account(list_secrets=[gone]))
    assert problem.startswith("aiponge/jwt-secret: is scheduled for deletion on 2030-01-02; ")


def test_a_database_of_that_name_that_is_not_ours_is_found() -> None:
    theirs = [{"DBInstanceIdentifier": "aiponge-rds", "TagList": []}]
    (problem,) = problems(Account(describe_db_instances=theirs))
    assert problem.startswith("aiponge-rds: exists already and does not have this stack's tags; ")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("KMS alias", "alias/aiponge-secrets"),
        ("log group", "/aiponge/staging/user"),
        ("log group", "/aws/lambda/aiponge-rotate"),
        ("role", "aiponge-task-user"),
        ("bucket", "aiponge-logs"),
        ("parameter", "/aiponge/staging/deploy/services"),
        ("repository", "aiponge/user"),
        ("function", "aiponge-rotate"),
        ("load balancer", "aiponge-alb"),
        ("replication group", "aiponge-redis"),
    ],
)
def test_a_name_that_the_stack_will_use_is_found(kind: str, name: str) -> None:
    (one,) = [one for one in KINDS if one.what == kind]
    answers: dict[str, Any] = {one.operation: [{one.field: name}]}
    aws = Account(**answers)
    assert problems(aws) == [
        f"{kind} {name}: exists already; "
        "import it (docs/operations/adopt.md), delete it, or set application.namePrefix"
    ]


def test_other_names_and_what_bootstrap_created_are_no_problem() -> None:
    names = declared().names
    aws = Account(
        list_roles=[{"RoleName": name} for name in (names.update_role, names.plan_role, "aipong-x")],
        list_buckets=[{"Name": names.state_bucket}],
        list_aliases=[{"AliasName": "alias/aiponge-pulumi"}, {"AliasName": "alias/aws/ssm"}],
    )
    assert problems(aws) == []


def test_records_of_retired_keys_are_no_problem() -> None:
    aws = Account(describe_parameters=[{"Name": "/aiponge/staging/strongroom/retired/jwt-secret/1"}])
    assert problems(aws) == []


def test_a_stack_that_is_there_has_its_own_names() -> None:
    aws = Account(list_roles=[{"RoleName": "aiponge-task-user"}], head_bucket=refusal("403"))
    aws.vpc = {"VpcId": "vpc-1"}
    assert problems(aws) == []


def test_a_bucket_of_the_application_in_another_account_is_found() -> None:
    settings = parts_settings().model_copy(update={"audit": None})
    assert problems(Account(settings, head_bucket=refusal("403"))) == [
        f"bucket {settings.names.bucket(key)}: belongs to another account; set application.namePrefix"
        for key in ("uploads", "exports")
    ]


def test_a_bucket_of_another_account_is_found() -> None:
    prod = declared("prod")
    assert problems(Account(prod, head_bucket=refusal("403"))) == [
        f"bucket {prod.names.audit_bucket(what)}: belongs to another account; set application.namePrefix"
        for what in ("trail", "access", "config")
    ]
