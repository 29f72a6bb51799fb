"""Permissions of a pipeline: run two SSM documents on hosts, or update the stack's services in ECS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from iam_documents import Statement, allow, deny, read_parameters, read_secrets
from settings.grants import StoreEntry
from settings.names import Names
from settings.schema.services import ContainersSettings

_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)


def host_rights(names: Names, tags: Mapping[str, str]) -> tuple[Statement, ...]:
    """Run the two SSM documents on the instances that carry the stack's ``tags``."""
    ours = {f"ssm:resourceTag/{key}": tags[key] for key in ("App", "Env")}
    documents = [names.document_arn(one) for one in (names.deploy_document, names.update_document)]
    return (
        allow("ssm:SendCommand", documents),
        allow(
            "ssm:SendCommand",
            f"arn:aws:ec2:{names.region}:{names.account_id}:instance/*",
            {"StringEquals": ours},
        ),
        allow(("ssm:ListCommandInvocations", "ssm:ListCommands"), "*"),  # take no resource
        # A host that starts later runs the image that was deployed last.
        allow("ssm:PutParameter", names.parameter_arn(names.image_digest_parameter)),
        allow("ssm:GetParameter", names.parameter_arn(names.image_digest_parameter)),
    )


@dataclass(frozen=True)
class _Reach:
    """The resources of one application that its pipeline deploys."""

    families: Sequence[str]
    services: Sequence[str]
    repositories: Sequence[str]
    roles: Sequence[str]


def container_rights(names: Names, platform: ContainersSettings) -> tuple[Statement, ...]:
    """Register the stack's task definitions, update its services, push its images and pass its task roles."""
    services = tuple(platform.services)
    return _rights(names, platform, _reach(names, services, (*services, *platform.one_off_tasks)))


def container_limits(names: Names, platform: ContainersSettings) -> tuple[Statement, ...]:
    """Allow as much by the prefixes of names, without the tools: a boundary cannot list many services."""
    ecs, ecr = _arns(names)
    reach = _Reach(
        families=[f"{ecs}:task-definition/{names.part('*')}:*"],
        services=[f"{ecs}:service/{names.cluster}/*"],
        repositories=[f"{ecr}:repository/{names.prefix}/*"],
        roles=[names.role_arn(names.execution_role("*")), names.role_arn(names.task_role("*"))],
    )
    tools = _reach(names, tuple(platform.tools), tuple(platform.tools))
    denied = [*tools.families, *tools.repositories, *tools.roles]
    return (
        *_rights(names, platform, reach),
        *([deny((*_PUSH, "ecs:RegisterTaskDefinition", "iam:PassRole"), denied)] if denied else []),
    )


def _arns(names: Names) -> tuple[str, str]:
    where = f"{names.region}:{names.account_id}"
    return f"arn:aws:ecs:{where}", f"arn:aws:ecr:{where}"


def _reach(names: Names, services: Sequence[str], families: Sequence[str]) -> _Reach:
    ecs, ecr = _arns(names)
    return _Reach(
        families=[f"{ecs}:task-definition/{names.part(one)}:*" for one in families],
        services=[f"{ecs}:service/{names.cluster}/{names.part(service)}" for service in services],
        repositories=[f"{ecr}:repository/{names.prefix}/{service}" for service in services],
        roles=[
            names.role_arn(role)
            for service in services
            for role in (names.execution_role(service), names.task_role(service))
        ],
    )


def _rights(names: Names, platform: ContainersSettings, reach: _Reach) -> tuple[Statement, ...]:
    ecs, _ = _arns(names)
    cluster = names.cluster
    in_cluster = {"ArnEquals": {"ecs:cluster": f"{ecs}:cluster/{cluster}"}}
    one_off = [f"{ecs}:task-definition/{names.part(task)}:*" for task in platform.one_off_tasks]
    # StopTask is for a one-off task that does not end in time.
    watched = ("ecs:DescribeTasks", "ecs:StopTask") if one_off else "ecs:DescribeTasks"
    passed = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    return (
        allow("ecs:RegisterTaskDefinition", reach.families),
        allow("ecs:DescribeTaskDefinition", "*"),  # takes no resource
        allow(("ecs:UpdateService", "ecs:DescribeServices"), reach.services),
        allow("ecs:ListTasks", "*", in_cluster),  # takes no resource on Fargate
        allow(watched, f"{ecs}:task/{cluster}/*", in_cluster),
        *([allow("ecs:RunTask", one_off, in_cluster)] if one_off else []),
        allow("iam:PassRole", reach.roles, passed),
        allow("ecr:GetAuthorizationToken", "*"),  # takes no resource
        allow(_PUSH, reach.repositories),
    )


def contract_rights(
    names: Names,
    facts: Sequence[str],
    entries: Sequence[StoreEntry],
    secret_arns: Mapping[str, pulumi.Input[str]],
    key_arn: pulumi.Input[str],
) -> tuple[Statement, ...]:
    """Read each fact of the deploy contract, and the secrets that name the pipeline as reader."""
    told = [names.parameter_arn(f"{names.parameter_path}/deploy/{fact}") for fact in facts]
    contract = allow(("ssm:GetParameter", "ssm:GetParameters"), told)
    in_store = [one.store_name for one in entries if one.secret.in_parameter_store]
    parameters = [names.parameter_arn(one) for one in in_store]
    secrets = [secret_arns[one.store_name] for one in entries if one.store_name not in in_store]
    return (
        contract,
        *read_parameters("ssm:GetParameter", parameters, parameters, key_arn, names.region),
        *read_secrets(secrets, key_arn, names.region),
    )
