"""Tests of Schedules: the target, the time, and a role that runs one task definition only."""

from __future__ import annotations

import json

import pytest

from components.integration import Schedules, SchedulesArgs
from components.network import Placement
from iam_documents import Request, decide
from settings.parts import scheduled_tasks
from tests.components.alone import build
from tests.harness import ACCOUNT, Deployment
from tests.parts import parts_settings

ECS = f"arn:aws:ecs:eu-west-1:{ACCOUNT}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
CLUSTER = f"{ECS}:cluster/aiponge-staging"
TO_ECS = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
GROUP = f"arn:aws:scheduler:eu-west-1:{ACCOUNT}:schedule-group/aiponge-staging"


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    settings = parts_settings()

    def program() -> Schedules:
        args = SchedulesArgs(
            names=settings.names,
            schedules=settings.schedules,
            tasks=scheduled_tasks(settings),
            placement=Placement(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"]),
            security_group_ids={"user": "sg-user", "storage": "sg-storage"},
        )
        return Schedules("schedules", args)

    return build(program)


def test_it_runs_at_the_declared_time_in_the_declared_time_zone(deployed: Deployment) -> None:
    nightly, sweep = (deployed.named(f"schedules-{key}", "Schedule") for key in ("nightly", "sweep"))
    assert nightly["scheduleExpression"] == "cron(0 3 * * ? *)"
    assert nightly["scheduleExpressionTimezone"] == "Europe/Dublin"
    assert (nightly["state"], sweep["state"]) == ("ENABLED", "DISABLED")
    assert nightly["flexibleTimeWindow"] == {"mode": "OFF"}


def test_it_runs_the_latest_revision_in_private_subnets(deployed: Deployment) -> None:
    target = deployed.named("schedules-nightly", "Schedule")["target"]
    assert target["arn"] == CLUSTER
    assert target["ecsParameters"] == {
        "taskDefinitionArn": f"{ECS}:task-definition/aiponge-report",
        "taskCount": 1,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "group": "schedule:nightly",
        "enableExecuteCommand": False,
        "networkConfiguration": {
            "subnets": ["subnet-1", "subnet-2"],
            "securityGroups": ["sg-user"],
            "assignPublicIp": False,
        },
    }
    assert target["retryPolicy"] == {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 3600}


def test_a_command_replaces_that_of_the_container(deployed: Deployment) -> None:
    nightly, sweep = (
        deployed.named(f"schedules-{key}", "Schedule")["target"] for key in ("nightly", "sweep")
    )
    assert "input" not in nightly
    assert json.loads(sweep["input"]) == {
        "containerOverrides": [{"name": "storage", "command": ["node", "sweep.js"]}]
    }


def test_scheduler_assumes_its_role_for_the_group_only(deployed: Deployment) -> None:
    trust = deployed.named("schedules-nightly-role").document("assumeRolePolicy")
    assume = "sts:AssumeRole"

    def may_assume(**context: str) -> bool:
        request = Request(assume, "", "scheduler.amazonaws.com", context)
        return decide([trust], request, names_principal=True) == "allowed"

    assert may_assume(**{"aws:SourceAccount": ACCOUNT, "aws:SourceArn": GROUP})
    assert not may_assume(**{"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"{GROUP}-other"})
    assert not may_assume(**{"aws:SourceAccount": "999999999999", "aws:SourceArn": GROUP})


@pytest.mark.parametrize(
    ("action", "resource", "context", "allowed"),
    [
        ("ecs:RunTask", f"{ECS}:task-definition/aiponge-report", {"ecs:cluster": CLUSTER}, True),
        ("ecs:RunTask", f"{ECS}:task-definition/aiponge-report:7", {"ecs:cluster": CLUSTER}, True),
        ("ecs:RunTask", f"{ECS}:task-definition/aiponge-report:7", {"ecs:cluster": f"{CLUSTER}-x"}, False),
        ("ecs:RunTask", f"{ECS}:task-definition/aiponge-report-2:7", {"ecs:cluster": CLUSTER}, False),
        (
            "iam:PassRole",
            f"{ROLE}/aiponge-task-user",
            TO_ECS,
            True,
        ),
        (
            "iam:PassRole",
            f"{ROLE}/aiponge-exec-user",
            TO_ECS,
            True,
        ),
        ("iam:PassRole", f"{ROLE}/aiponge-task-user", {"iam:PassedToService": "ec2.amazonaws.com"}, False),
        (
            "iam:PassRole",
            f"{ROLE}/aiponge-task-ai",
            TO_ECS,
            False,
        ),
    ],
)
def test_its_role_runs_one_task_definition_with_its_two_roles(
    deployed: Deployment, action: str, resource: str, context: dict[str, str], allowed: bool
) -> None:
    policy = deployed.named("schedules-nightly-run").document("policy")
    request = Request(action, resource, f"{ROLE}/aiponge-schedule-nightly", context)
    assert (decide([policy], request) == "allowed") is allowed


def test_the_role_can_run_the_task_before_the_schedule_exists(deployed: Deployment) -> None:
    permission = deployed.named("schedules-nightly-run")
    assert permission.urn in deployed.named("schedules-nightly", "Schedule").depends_on
