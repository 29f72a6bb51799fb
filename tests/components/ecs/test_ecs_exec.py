"""Tests of ECS Exec: off in production; where it is on, encrypted, logged and without access to secrets."""

from __future__ import annotations

import pytest

from iam_documents import Request, may_use_key
from settings import read_stack_file
from settings.grants import entries
from tests.components.ecs.contained import (
    SERVICES,
    contained,
    contained_of,
    with_platform,
)
from tests.components.ecs.rights import ROLES, roles, who_may
from tests.components.stand_ins import key_arn, secret_arn
from tests.harness import Deployment

STAGING = with_platform(read_stack_file("staging"), exec_enabled=True)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return contained()


@pytest.fixture(scope="module")
def open_shells() -> Deployment:
    return contained_of(STAGING)


@pytest.mark.accepts("A51")
def test_production_has_no_way_into_a_task(prod: Deployment) -> None:
    assert "configuration" not in prod.only("aws:ecs/cluster:Cluster").inputs
    assert who_may(prod, "ssmmessages:OpenDataChannel", "*") == set()


@pytest.mark.accepts("A51")
def test_a_shell_where_allowed_is_encrypted_and_recorded(open_shells: Deployment) -> None:
    how = open_shells.only("aws:ecs/cluster:Cluster")["configuration"]["executeCommandConfiguration"]
    assert how == {
        "kmsKeyId": open_shells.named("containers-exec", "Key").arn,
        "logging": "OVERRIDE",
        "logConfiguration": {
            "cloudWatchEncryptionEnabled": True,
            "cloudWatchLogGroupName": "/aiponge/staging/exec",
        },
    }
    log = open_shells.named("containers-exec-log", "LogGroup")
    assert log["kmsKeyId"] == key_arn("logs")
    assert open_shells.named("containers-user-service", "aws:ecs/service:Service")["enableExecuteCommand"]
    tasks = {f"aiponge-task-{service}" for service in SERVICES}
    assert who_may(open_shells, "ssmmessages:OpenDataChannel", "*") == tasks


@pytest.mark.accepts("A51")
@pytest.mark.attack(15)
def test_a_shell_gives_no_task_a_right_to_another_secret(open_shells: Deployment) -> None:
    for entry in entries(STAGING):
        allowed = who_may(open_shells, "secretsmanager:GetSecretValue", secret_arn(entry.store_name))
        assert allowed
        assert {role for role in allowed if "-task-" in role} <= {"aiponge-task-user"}


@pytest.mark.accepts("A51")
def test_the_channel_of_a_shell_opens_for_tasks_and_administrators_only(open_shells: Deployment) -> None:
    key = open_shells.named("containers-exec", "Key")
    assert key["enableKeyRotation"] is True
    openers = {
        role
        for role, identity in roles(open_shells).items()
        if may_use_key(Request("kms:Decrypt", key.arn, f"{ROLES}/{role}"), identity, key.document("policy"))
    }
    assert openers == {f"aiponge-task-{service}" for service in SERVICES}


@pytest.mark.accepts("A51")
@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        ("aiponge-task-user", "kms:Decrypt", True),
        ("aiponge-task-user", "kms:CreateGrant", False),
        ("aiponge-exec-user", "kms:Decrypt", False),
        ("somebody-with-every-right", "kms:Decrypt", False),
        ("aiponge-pulumi-up", "kms:PutKeyPolicy", True),
        ("aiponge-pulumi-up", "kms:GenerateDataKey", True),
        ("aiponge-pulumi-up", "kms:Decrypt", False),
        ("aiponge-pulumi-up", "kms:Encrypt", False),
        ("aiponge-task-user", "kms:GenerateDataKey", False),
    ],
)
def test_the_key_of_a_shell_itself_says_who_may_use_it(
    open_shells: Deployment, role: str, action: str, allowed: bool
) -> None:
    key = open_shells.named("containers-exec", "Key")
    every_right = [{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]
    request = Request(action, key.arn, f"{ROLES}/{role}")
    assert may_use_key(request, every_right, key.document("policy")) is allowed


@pytest.mark.accepts("A51")
def test_a_shell_writes_to_its_own_record_and_to_no_other_log(open_shells: Deployment) -> None:
    record, other = (
        f"{open_shells.named(f'containers-{log}-log', 'LogGroup').arn}:log-stream:x"
        for log in ("exec", "user")
    )
    tasks = {f"aiponge-task-{service}" for service in SERVICES}
    assert who_may(open_shells, "logs:PutLogEvents", record) == tasks
    assert who_may(open_shells, "logs:PutLogEvents", other) == {"aiponge-exec-user"}
