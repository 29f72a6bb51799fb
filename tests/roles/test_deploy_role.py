"""Tests that the pipeline's role may make every call of `python -m deploy`, and no other.

The program runs for every service and one-off task of a stack, with deployments that fail. What IAM checks
for each of its calls is evaluated against the role's policy and boundary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import pytest

from deploy import image, one_off_task
from deploy.contract import Contract
from deploy.errors import DeployError
from deploy.host import Hosts
from deploy.service import Service
from iam_documents import Document, Request, may
from settings import Settings
from settings.grants import entries
from settings.names import Names
from tests.deploy.scripted import Clock, Refused, Scripted
from tests.program import STACKS, shipped
from tests.roles.stacks import settings_of

PUSH = (
    *("BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload"),
    *("InitiateLayerUpload", "PutImage", "UploadLayerPart"),
)
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"""
DIGEST = f"sha256:{'b' * 64}"
FOR_OTHER_STEPS = {"ssm:GetParameters"}
"""With which other steps of a pipeline read several facts of the contract."""
FAILED = {"rolloutState": "FAILED", "runningCount": 0, "desiredCount": 2}

Asked = tuple[str, str, dict[str, str]]
"""Action, resource and context."""


def ecs_arn(names: Names, rest: str) -> str:
    return f"arn:aws:ecs:{names.region}:{names.account_id}:{rest}"


def cluster_client(names: Names, stopped: str) -> Scripted:
    """ECS where a deployment fails; ``stopped`` is the exit code of a task, or "" while it runs."""
    task = ecs_arn(names, f"task/{names.cluster}/1a2b")
    made = Scripted(
        "ecs", update_service={"service": {}}, stop_task={}, run_task={"tasks": [{"taskArn": task}]}
    )

    def definition(params: Mapping[str, Any]) -> dict[str, Any]:
        family = params["taskDefinition"].rpartition("/")[2].partition(":")[0]
        what = next(one for one in (*services(names), *tasks(names)) if names.part(one) == family)
        reader = tasks(names).get(what, what)
        roles = {
            "executionRoleArn": names.role_arn(names.execution_role(reader)),
            "taskRoleArn": names.role_arn(names.task_role(reader)),
        }
        containers = [{"name": what, "image": "old"}]
        return {"taskDefinition": {"family": family, "containerDefinitions": containers, **roles}}

    def registered(params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "taskDefinition": {"taskDefinitionArn": ecs_arn(names, f"task-definition/{params['family']}:7")}
        }

    def described(params: Mapping[str, Any]) -> dict[str, Any]:
        """The deployment of before until the update, and a failed one after it."""
        (service,) = params["services"]
        revision = 7 if "UpdateService" in made.operations() else 3
        primary = {
            "status": "PRIMARY",
            "taskDefinition": ecs_arn(names, f"task-definition/{service}:{revision}"),
        }
        one = {
            "serviceName": service,
            "desiredCount": 2,
            "deployments": [{**primary, **FAILED}],
            "events": [],
        }
        return {"services": [{**one, "taskDefinition": primary["taskDefinition"]}]}

    def ended(params: Mapping[str, Any]) -> dict[str, Any]:
        containers = [{"name": one, "exitCode": int(stopped or 0)} for one in tasks(names)]
        state = {"lastStatus": "STOPPED" if stopped else "RUNNING", "containers": containers}
        return {"tasks": [{"taskArn": arn, "taskDefinitionArn": "x", **state} for arn in params["tasks"]]}

    made.say("describe_task_definition", definition)
    made.say("register_task_definition", registered)
    made.say("describe_services", described)
    made.say("describe_tasks", ended)
    made.say("list_tasks", lambda params: {"taskArns": [] if "family" in params else [task]})
    return made


@cache
def _settings(account: str, environment: str, application: str) -> Settings:
    found = (settings_of(stack) for stack in STACKS)
    return next(
        one
        for one in found
        if (one.names.account_id, one.names.environment, one.names.prefix)
        == (account, environment, application)
    )


def platform(names: Names) -> Any:
    settings = _settings(names.account_id, names.environment, names.prefix)
    assert settings.containers is not None
    return settings.containers


def services(names: Names) -> tuple[str, ...]:
    return tuple(platform(names).services)


def tasks(names: Names) -> dict[str, str]:
    """One-off tasks, each with the service whose roles it has."""
    return {name: task.service for name, task in platform(names).one_off_tasks.items()}


def contract_client(facts: Mapping[str, Any]) -> Scripted:
    def answer(params: Mapping[str, Any]) -> Any:
        name = params["Name"].partition("/deploy/")[2]
        if name not in facts:
            return Refused("ParameterNotFound")
        return {"Parameter": {"Value": json.dumps(facts[name])}}

    return Scripted("ssm", get_parameter=answer)


def containers(names: Names, service: str, large: bool) -> Iterator[Scripted]:
    """The clients that deploying one service used, with every one-off task before it."""
    facts = {
        "serviceName": names.part(service),
        "containerName": service,
        "baseTaskDefinitionArn": ecs_arn(names, f"task-definition/{names.part(service)}:3"),
        "repositoryUrl": f"{names.account_id}.dkr.ecr.{names.region}.amazonaws.com/{names.prefix}/{service}",
    }
    one_off = {
        task: {
            "taskDefinitionArn": ecs_arn(names, f"task-definition/{names.part(task)}:3"),
            "containerName": task,
            "subnetIds": ["subnet-1"],
            "securityGroupId": "sg-1",
        }
        for task in tasks(names)
    }
    of_services = {f"services/{service}": facts} if large else {"services": {service: facts}}
    ssm = contract_client({"clusterName": names.cluster, "oneOffTasks": one_off, **of_services})
    contract = Contract(ssm.client, names.parameter_path)
    cluster, own = str(contract.fact("clusterName")), contract.service(service)
    for task in one_off:
        for stopped in ("0", "1", ""):
            ecs = cluster_client(names, stopped)
            with suppress(DeployError):
                found = contract.one_off_task(task, service)
                one_off_task.run(ecs.client, cluster, task, found, "new", Clock().wait(60))
            yield ecs
    ecs, ecr = (
        cluster_client(names, "0"),
        Scripted("ecr", describe_images={"imageDetails": [{"imageDigest": DIGEST}]}),
    )
    ecr.say("get_authorization_token", {"authorizationData": [{"authorizationToken": ""}]})
    image.in_ecr(ecr.client, own["repositoryUrl"], "c0ffee", ".")
    ecr.client.get_authorization_token()
    one = Service(ecs.client, cluster, own, first_tasks=2)
    one.deployed("new")
    with pytest.raises(DeployError):
        one.deploy("new", Clock().wait(60))
    yield from (ssm, ecr, ecs)


def host(names: Names) -> Iterator[Scripted]:
    """The clients that deploying to hosts used, once with success and once with a roll back."""
    document = {"name": names.deploy_document, "version": "7"}
    facts = {
        "deployDocument": document,
        "instanceTag": {"key": "Name", "value": names.host_name},
        "siteUrl": "https://example.com",
        "repositoryUrl": "docker.io/x/y",
    }
    for status in ("Success", "Failed"):
        ssm = contract_client(facts)
        ssm.say(
            "list_commands",
            lambda params: {"Commands": [{"Status": "Success"}] if "CommandId" in params else []},
        )
        ssm.say("send_command", {"Command": {"CommandId": "11111111-1111-1111-1111-111111111111"}})
        ssm.say("list_command_invocations", {"CommandInvocations": [{"InstanceId": "i-1", "Status": status}]})
        ssm.say("put_parameter", {"Version": 1})
        contract = Contract(ssm.client, names.parameter_path)
        contract.fact("repositoryUrl")
        with suppress(DeployError):
            Hosts(ssm.client, contract, lambda url: "").deploy(DIGEST, "/health/", Clock().wait(60))
        yield ssm


def asked(settings: Settings, operation: str, params: Mapping[str, Any]) -> Iterator[Asked]:
    """What IAM checks for a call. Source: the service authorization reference."""
    names = settings.names
    cluster = {"ecs:cluster": ecs_arn(names, f"cluster/{names.cluster}")}
    match operation:
        case "GetParameter" | "PutParameter":
            yield f"ssm:{operation}", names.parameter_arn(params["Name"]), {}
        case "ListCommands" | "ListCommandInvocations":
            yield f"ssm:{operation}", "*", {}
        case "SendCommand":
            tags = {**settings.tags, "Name": names.host_name}
            instance = f"arn:aws:ec2:{names.region}:{names.account_id}:instance/i-1"
            yield "ssm:SendCommand", names.document_arn(params["DocumentName"]), {}
            yield (
                "ssm:SendCommand",
                instance,
                {f"ssm:resourceTag/{key}": value for key, value in tags.items()},
            )
        case "DescribeTaskDefinition":
            yield "ecs:DescribeTaskDefinition", "*", {}
        case "RegisterTaskDefinition":
            yield "ecs:RegisterTaskDefinition", ecs_arn(names, f"task-definition/{params['family']}:7"), {}
            for role in (params["executionRoleArn"], params["taskRoleArn"]):
                yield "iam:PassRole", role, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
        case "RunTask":
            yield "ecs:RunTask", params["taskDefinition"], cluster
        case "ListTasks":
            yield "ecs:ListTasks", "*", cluster
        case "DescribeTasks" | "StopTask":
            for arn in params.get("tasks") or [params["task"]]:
                yield f"ecs:{operation}", arn, cluster
        case "DescribeServices" | "UpdateService":
            service = params.get("service") or params["services"][0]
            yield f"ecs:{operation}", ecs_arn(names, f"service/{names.cluster}/{service}"), cluster
        case "DescribeImages":
            repository = params["repositoryName"]
            arn = f"arn:aws:ecr:{names.region}:{names.account_id}:repository/{repository}"
            for action in ("DescribeImages", *PUSH):
                yield f"ecr:{action}", arn, {}
        case "GetAuthorizationToken":
            yield "ecr:GetAuthorizationToken", "*", {}
        case _:
            raise AssertionError(f"what IAM checks for {operation} is not in this table")


@cache
def calls(stack: str) -> tuple[Asked, ...]:
    """What IAM checks for everything that the program does for a stack."""
    settings = settings_of(stack)
    if settings.containers:
        large = len(settings.services) > 15
        used = [one for service in settings.services for one in containers(settings.names, service, large)]
    else:
        used = list(host(settings.names))
    found: list[Asked] = []
    for client in used:
        for operation, params in client.calls:
            found += [one for one in asked(settings, operation, params) if one not in found]
    return tuple(found)


def policies(stack: str) -> tuple[Document, Document]:
    """The role's policy, and its boundary."""
    deployment = shipped(stack)
    role = deployment.named("delivery-policy", "RolePolicy").document("policy")
    return role, deployment.named("delivery-boundary", "Policy").document("policy")


def refused(stack: str, rights: Document, boundary: Document) -> list[Asked]:
    """The calls that these documents do not allow the role."""
    names = settings_of(stack).names
    role = names.role_arn(names.deploy_role)
    return [
        one
        for one in calls(stack)
        if not may(Request(one[0], one[1], role, one[2]), [rights], boundary=boundary)
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_the_role_may_make_every_call_of_a_deployment(stack: str) -> None:
    assert refused(stack, *policies(stack)) == []


@pytest.mark.parametrize("stack", STACKS)
def test_the_removal_of_an_action_is_noticed_unless_it_reads_a_secret(stack: str) -> None:
    """Which secrets the pipeline reads is declared, and tested in tests/components/delivery."""
    rights, boundary = policies(stack)
    settings = settings_of(stack)
    secrets = {settings.names.parameter_arn(one.store_name) for one in entries(settings)}
    unneeded: list[str] = []
    for statement in rights["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if {*statement["Resource"]} <= secrets or actions[0].startswith(("kms:", "secretsm")):
            continue
        others = [one for one in rights["Statement"] if one is not statement]
        for action in actions:
            rest = [one for one in actions if one != action]
            left = [*others, {**statement, "Action": rest}] if rest else others
            if not refused(stack, {**rights, "Statement": left}, boundary):
                unneeded.append(action)
    assert set(unneeded) == FOR_OTHER_STEPS
