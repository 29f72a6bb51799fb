"""ECS: tasks run unprivileged, logged, without a public address, and without a secret in their text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .configuration import Configuration
from .detector import credential, secretish
from .documents import parse_list
from .reading import Props, is_set, on, part, parts, text
from .rule import A, M, P, Resource, ResourceRule, inspect, require

CLUSTER = "aws:ecs/cluster:Cluster"
SERVICE = "aws:ecs/service:Service"
TASK_SET = "aws:ecs/taskSet:TaskSet"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
LATEST_PLATFORM = "LATEST"
_ROOT = frozenset({"", "root", "0", "0:0", "root:root"})
_INSIGHTS = frozenset({"enabled", "enhanced"})


def containers(task: Props) -> list[Props]:
    """The container definitions of a task."""
    return parse_list(task.get("containerDefinitions"))


def variables(task: Props) -> Iterator[tuple[str, str, str]]:
    """Container, name and value of every plain environment variable."""
    for container in containers(task):
        for variable in parts(container, "environment"):
            yield text(container, "name"), text(variable, "name"), str(variable.get("value") or "")


def _plain_secrets(task: Resource, _: Configuration) -> Iterator[str]:
    for container, name, value in variables(task.props):
        if kind := credential(value):
            yield f"{container}.environment.{name} looks like a credential ({kind})"
        elif value and secretish(name):
            yield f"{container}.environment.{name} is named like a credential"


def _each_container(
    name: str, level: Any, sentence: str, fix: str, holds: Callable[[Props], bool]
) -> ResourceRule:
    return require(name, level, TASK, sentence, fix, lambda task: all(map(holds, containers(task))))


def _exec(cluster: Props) -> Props:
    return part(part(cluster, "configuration"), "executeCommandConfiguration")


def _exec_encrypted(cluster: Props) -> bool:
    if not is_set(part(cluster, "configuration"), "executeCommandConfiguration"):
        return True
    log = part(_exec(cluster), "logConfiguration")
    encrypted = on(log, "cloudWatchEncryptionEnabled") or on(log, "s3BucketEncryptionEnabled")
    return encrypted and is_set(_exec(cluster), "kmsKeyId")


RULES = [
    require(
        "ecs-container-insights",
        A,
        CLUSTER,
        "A cluster counts its running tasks.",
        'set the containerInsights setting to "enhanced"',
        lambda cluster: any(
            text(one, "name") == "containerInsights" and text(one, "value") in _INSIGHTS
            for one in parts(cluster, "settings")
        ),
    ),
    require(
        "ecs-exec-logging",
        M,
        CLUSTER,
        "What is typed into a container is logged.",
        'set execute_command_configuration.logging to "OVERRIDE"',
        lambda cluster: text(_exec(cluster), "logging") != "NONE",
    ),
    require(
        "ecs-exec-logging-cmk",
        P,
        CLUSTER,
        "What is typed into a container is encrypted on its way and in its log.",
        "set kms_key_id and cloud_watch_encryption_enabled in execute_command_configuration",
        _exec_encrypted,
    ),
    require(
        "ecs-no-public-ip",
        M,
        (SERVICE, TASK_SET),
        "A task has no public address.",
        "set assign_public_ip=False (A22)",
        lambda service: not on(part(service, "networkConfiguration"), "assignPublicIp"),
    ),
    require(
        "ecs-fargate-latest",
        A,
        (SERVICE, TASK_SET),
        "Fargate runs its latest platform.",
        "remove platform_version",
        lambda service: text(service, "platformVersion") in ("", LATEST_PLATFORM),
    ),
    inspect(
        "ecs-no-plain-secrets",
        M,
        TASK,
        "No environment variable is, or is named like, a credential.",
        "use secrets",
        _plain_secrets,
    ),
    _each_container(
        "ecs-non-privileged",
        M,
        "No container is privileged.",
        "remove privileged",
        lambda container: not on(container, "privileged"),
    ),
    _each_container(
        "ecs-readonly-root",
        A,
        "A container cannot write to its own image.",
        "set readonlyRootFilesystem to true",
        lambda container: on(container, "readonlyRootFilesystem"),
    ),
    require(
        "ecs-no-host-pid",
        M,
        TASK,
        "A task does not see the host's processes.",
        "remove pid_mode",
        lambda task: text(task, "pidMode") != "host",
    ),
    require(
        "ecs-no-root-host-network",
        M,
        TASK,
        "A task on the host's network is not root.",
        'use network_mode="awsvpc" or set a user',
        lambda task: (
            text(task, "networkMode") != "host"
            or not any(text(one, "user") in _ROOT for one in containers(task))
        ),
    ),
    _each_container(
        "ecs-logging",
        M,
        "Every container logs somewhere.",
        "set logConfiguration (A40)",
        lambda container: text(part(container, "logConfiguration"), "logDriver") != "",
    ),
    require(
        "ecs-efs-tls",
        M,
        TASK,
        "A mounted file system is reached by TLS.",
        'set transit_encryption="ENABLED"',
        lambda task: all(
            text(part(volume, "efsVolumeConfiguration"), "transitEncryption") == "ENABLED"
            for volume in parts(task, "volumes")
            if is_set(volume, "efsVolumeConfiguration")
        ),
    ),
    require(
        "ecs-distinct-roles",
        M,
        TASK,
        "The role that starts a task is not the role the task has.",
        "make a task role of its own",
        lambda task: (
            not is_set(task, "taskRoleArn") or task.get("executionRoleArn") != task.get("taskRoleArn")
        ),
    ),
]
