"""Permissions of a pipeline: run two SSM documents on hosts, or update the stack's services in ECS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from iam_documents import Statement, allow, read_parameters, read_secrets
from settings.grants import StoreEntry
from settings.names import Names
from settings.schema.services import ContainersSettings


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
        allow(("ssm:GetCommandInvocation", "ssm:ListCommandInvocations"), "*"),  # take no resource
        # A host that starts later runs the image that was deployed last.
        allow("ssm:PutParameter", names.parameter_arn(names.image_digest_parameter)),
        allow("ssm:GetParameter", names.parameter_arn(names.image_digest_parameter)),
    )


def container_rights(names: Names, platform: ContainersSettings) -> tuple[Statement, ...]:
    """Register the stack's task definitions, update its services, push its images and pass its task roles."""
    cluster = names.cluster
    ecs = f"arn:aws:ecs:{names.region}:{names.account_id}"
    in_cluster = {"ArnEquals": {"ecs:cluster": f"{ecs}:cluster/{cluster}"}}
    families = [
        f"{ecs}:task-definition/{names.part(one)}:*" for one in (*platform.services, *platform.one_off_tasks)
    ]
    services = [f"{ecs}:service/{cluster}/{names.part(service)}" for service in platform.services]
    one_off = [f"{ecs}:task-definition/{names.part(task)}:*" for task in platform.one_off_tasks]
    repositories = [
        f"arn:aws:ecr:{names.region}:{names.account_id}:repository/{names.prefix}/{service}"
        for service in platform.services
    ]
    roles = [
        names.role_arn(role)
        for service in platform.services
        for role in (names.execution_role(service), names.task_role(service))
    ]
    runs: tuple[Statement, ...] = ()
    if one_off:
        runs = (
            allow("ecs:RunTask", one_off, in_cluster),
            allow("ecs:DescribeTasks", f"{ecs}:task/{cluster}/*", in_cluster),
        )
    return (
        allow("ecs:RegisterTaskDefinition", families),
        allow("ecs:DescribeTaskDefinition", "*"),  # takes no resource
        allow(("ecs:UpdateService", "ecs:DescribeServices"), services),
        *runs,
        allow("iam:PassRole", roles, {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
        allow("ecr:GetAuthorizationToken", "*"),  # takes no resource
        allow(
            (
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:DescribeImages",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ),
            repositories,
        ),
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
