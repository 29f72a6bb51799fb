"""Two roles per service or tool: the execution role starts its tasks, its process has the task role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.ecs.cluster import Cluster
from components.ecs.ecs_exec import exec_permissions
from components.iam import document
from components.options import child_of, unprotected_child
from iam_documents import allow, read_secrets, service_trust
from settings.grants import StoreEntry
from settings.names import Names

_ECR_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@:]+).*")
GUARD_DUTY_AGENT = "aws-guardduty-agent-fargate"


@dataclass(frozen=True, kw_only=True)
class TaskRoles:
    """The roles of one service or tool, and the permission that its tasks need to start."""

    execution: iam.Role
    task: iam.Role
    start: iam.RolePolicy


def task_roles(
    owner: pulumi.Resource, service: str, *, cluster: Cluster, log_group_arn: pulumi.Input[str]
) -> TaskRoles:
    """Give ``owner`` the roles of ``service``; they read the secrets that name it as reader."""
    names, keys, name = cluster.names, cluster.keys, owner.pulumi_resource_name
    entries = cluster.entries[service]
    at_runtime = [entry for entry in entries if entry.secret.runtime and service in cluster.platform.services]
    execution = _role(owner, f"{name}-exec", names.execution_role(service), names)
    task = _role(owner, f"{name}-task", names.task_role(service), names)
    start = iam.RolePolicy(
        f"{name}-start",
        name="start",
        role=execution.name,
        policy=document(
            # The token alone grants nothing, and the action takes no resource.
            allow("ecr:GetAuthorizationToken", "*"),
            allow(
                ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                [cluster.registry.arns[service], *_sidecars(cluster, service), *_agents(cluster)],
            ),
            allow(
                ("logs:CreateLogStream", "logs:PutLogEvents"),
                pulumi.Output.concat(log_group_arn, ":log-stream:*"),
            ),
            *read_secrets(_arns(cluster, entries), keys.arns["secrets"], names.region),
        ),
        opts=unprotected_child(owner),
    )
    run = (
        *read_secrets(_arns(cluster, at_runtime), keys.arns["secrets"], names.region),
        *cluster.shared_rights.get(service, ()),
        *exec_permissions(cluster.exec_access),
    )
    if run:
        iam.RolePolicy(
            f"{name}-run", name="run", role=task.name, policy=document(*run), opts=unprotected_child(owner)
        )
    return TaskRoles(execution=execution, task=task, start=start)


def _arns(cluster: Cluster, entries: Sequence[StoreEntry]) -> list[pulumi.Input[str]]:
    return [cluster.secret_arns[entry.store_name] for entry in entries]


def _sidecars(cluster: Cluster, service: str) -> list[str]:
    """ARNs of the ECR repositories of a service's sidecars."""
    settings = cluster.platform.services.get(service)
    found = map(_ECR_IMAGE.fullmatch, settings.sidecar_images if settings else ())
    arns = (f"arn:aws:ecr:{one[2]}:{one[1]}:repository/{one[3]}" for one in found if one)
    return list(dict.fromkeys(arns))


def _agents(cluster: Cluster) -> list[str]:
    """ARN of GuardDuty's agent image, where runtime monitoring is on; its AWS account differs by region."""
    if not cluster.runtime_monitoring:
        return []
    return [f"arn:aws:ecr:{cluster.names.region}:*:repository/{GUARD_DUTY_AGENT}"]


def _role(owner: pulumi.Resource, label: str, name: str, names: Names) -> iam.Role:
    """A role that only ECS may assume, and only for tasks of this account and region."""
    trust = service_trust(
        "ecs-tasks.amazonaws.com",
        {
            "StringEquals": {"aws:SourceAccount": names.account_id},
            "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{names.region}:{names.account_id}:*"},
        },
    )
    return iam.Role(label, name=name, assume_role_policy=document(trust), opts=child_of(owner))
