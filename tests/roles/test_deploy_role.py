"""Tests that the pipeline's role may make every call of the deploy workflows, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from iam_documents import Document, Request, may
from settings import Settings
from settings.grants import entries
from settings.names import Names
from tests.program import ROOT, shipped
from tests.roles.stacks import settings_of

ECS, HOST = "deploy-ecs.yml", "deploy-host.yml"
STACKS = [("prod", ECS), ("staging", ECS), ("cinematch-production", HOST), ("cinematch-staging", HOST)]
PUSH = (
    *("BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload"),
    *("InitiateLayerUpload", "PutImage", "UploadLayerPart"),
)
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"""

Asked = tuple[str, str, dict[str, str]]


def containers(settings: Settings) -> Iterator[tuple[str, Asked]]:
    """Every call of deploy-ecs.yml for every service: the command, and what IAM checks."""
    names = settings.names
    assert settings.containers is not None
    ecs = f"arn:aws:ecs:{names.region}:{names.account_id}"
    cluster = {"ecs:cluster": f"{ecs}:cluster/{names.cluster}"}
    for fact in ("clusterName", "oneOffTasks", "services"):
        yield "ssm get-parameter", ("ssm:GetParameter", deploy_parameter(names, fact), {})
    yield "ecr get-login-password", ("ecr:GetAuthorizationToken", "*", {})
    yield "ecs describe-task-definition", ("ecs:DescribeTaskDefinition", "*", {})
    for task in settings.containers.one_off_tasks:
        family = f"{ecs}:task-definition/{names.part(task)}:7"
        yield "ecs register-task-definition", ("ecs:RegisterTaskDefinition", family, {})
        yield "ecs run-task", ("ecs:RunTask", family, cluster)
        for command in ("ecs wait", "ecs describe-tasks"):
            yield command, ("ecs:DescribeTasks", f"{ecs}:task/{names.cluster}/1a2b", cluster)
    for service in settings.services:
        repository = f"arn:aws:ecr:{names.region}:{names.account_id}:repository/{names.prefix}/{service}"
        running = f"{ecs}:service/{names.cluster}/{names.part(service)}"
        family = f"{ecs}:task-definition/{names.part(service)}:7"
        yield "ecr describe-images", ("ecr:DescribeImages", repository, {})
        for action in PUSH:
            yield "docker push", (f"ecr:{action}", repository, {})
        yield "ecs register-task-definition", ("ecs:RegisterTaskDefinition", family, {})
        yield "ecs describe-services", ("ecs:DescribeServices", running, cluster)
        yield "ecs update-service", ("ecs:UpdateService", running, cluster)
        for role in (names.execution_role(service), names.task_role(service)):
            passed = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
            yield "ecs register-task-definition", ("iam:PassRole", names.role_arn(role), passed)


def host(settings: Settings) -> Iterator[tuple[str, Asked]]:
    """Every call of deploy-host.yml."""
    names = settings.names
    instance = f"arn:aws:ec2:{names.region}:{names.account_id}:instance/i-1"
    tags = {
        f"ssm:resourceTag/{key}": value for key, value in {**settings.tags, "Name": names.host_name}.items()
    }
    for fact in ("repositoryUrl", "deployDocument", "instanceTag", "siteUrl"):
        yield "ssm get-parameter", ("ssm:GetParameter", deploy_parameter(names, fact), {})
    digest = names.parameter_arn(names.image_digest_parameter)
    yield "ssm get-parameter", ("ssm:GetParameter", digest, {})
    yield "ssm put-parameter", ("ssm:PutParameter", digest, {})
    yield "ssm send-command", ("ssm:SendCommand", names.document_arn(names.deploy_document), {})
    yield "ssm send-command", ("ssm:SendCommand", instance, tags)
    yield "ssm list-command-invocations", ("ssm:ListCommandInvocations", "*", {})


def deploy_parameter(names: Names, fact: str) -> str:
    """The ARN of a parameter of the deploy contract."""
    return names.parameter_arn(names.parameter(f"deploy/{fact}"))


def calls(settings: Settings) -> list[tuple[str, Asked]]:
    return list(containers(settings) if settings.containers else host(settings))


def policies(stack: str) -> tuple[Document, Document]:
    """The role's policy, and its boundary."""
    deployment = shipped(stack)
    role = deployment.named("delivery-policy", "RolePolicy").document("policy")
    return role, deployment.named("delivery-boundary", "Policy").document("policy")


@pytest.mark.parametrize(("stack", "workflow"), STACKS)
def test_every_command_of_the_workflow_is_in_this_table(stack: str, workflow: str) -> None:
    text = (ROOT / ".github" / "workflows" / workflow).read_text()
    shown = {" ".join(found) for found in CALL.findall(text)}
    assert {command for command, _ in calls(settings_of(stack))} - {"docker push"} == shown


def refused(stack: str, rights: Document, boundary: Document) -> list[tuple[str, Asked]]:
    """The calls that these documents do not allow the role."""
    role = settings_of(stack).names.role_arn(settings_of(stack).names.deploy_role)
    return [
        (command, asked)
        for command, asked in calls(settings_of(stack))
        if not may(Request(asked[0], asked[1], role, asked[2]), [rights], boundary=boundary)
    ]


@pytest.mark.parametrize(("stack", "workflow"), STACKS)
def test_the_role_may_make_every_call_of_the_workflow(stack: str, workflow: str) -> None:
    assert refused(stack, *policies(stack)) == []


@pytest.mark.parametrize(("stack", "workflow"), STACKS)
def test_the_removal_of_a_statement_is_noticed_unless_it_reads_a_secret(stack: str, workflow: str) -> None:
    """Which secrets the pipeline reads is declared, and tested in tests/components/delivery."""
    rights, boundary = policies(stack)
    settings = settings_of(stack)
    secrets = {settings.names.parameter_arn(one.store_name) for one in entries(settings)}
    for statement in rights["Statement"]:
        if {*statement["Resource"]} <= secrets or str(statement["Action"]).startswith(("kms:", "secretsm")):
            continue
        rest = [one for one in rights["Statement"] if one is not statement]
        assert refused(stack, {**rights, "Statement": rest}, boundary), statement
