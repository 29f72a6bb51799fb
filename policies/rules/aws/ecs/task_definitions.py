"""ECS task definitions: privileges, logging, read-only root, roles, no credentials in plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rules.lib.environment_variables import containers, credentials, variables
from rules.lib.resource_types import TASK_DEFINITION
from rules.pack.properties import Props, is_one_of, is_set, on, part, parts, text, word
from rules.pack.rule import A, M, ResourceRule, resource_rule

_ROOT = frozenset({"", "root"})


def _is_root(container: Props) -> bool:
    """Whether a container runs as root, by name or number, with whichever group."""
    user = word(container, "user").partition(":")[0].strip()
    return user in _ROOT or (user.isdecimal() and int(user) == 0)


def _each_container(
    name: str,
    level: Any,
    sentence: str,
    fix: str,
    holds: Callable[[Props], bool],
    requirements: tuple[str, ...] = (),
) -> ResourceRule:
    return resource_rule(
        name,
        level,
        TASK_DEFINITION,
        sentence,
        fix,
        holds=lambda task: all(map(holds, containers(task))),
        requirements=requirements,
    )


RULES = [
    resource_rule(
        "ecs-no-plain-secrets",
        M,
        TASK_DEFINITION,
        "No environment variable has the value or the name of a credential.",
        "use secrets",
        finds=lambda task, _: credentials(variables(task), by_name=True),
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
        "A container's root file system is read-only.",
        "set readonlyRootFilesystem to true",
        lambda container: on(container, "readonlyRootFilesystem"),
    ),
    resource_rule(
        "ecs-no-host-pid",
        M,
        TASK_DEFINITION,
        "A task does not share the host's process namespace.",
        "remove pid_mode",
        holds=lambda task: not is_one_of(task, "pidMode", "host"),
    ),
    resource_rule(
        "ecs-no-root-host-network",
        M,
        TASK_DEFINITION,
        "A container on the host's network does not run as root.",
        'set network_mode="awsvpc", or set a user',
        holds=lambda task: (
            not is_one_of(task, "networkMode", "host") or not any(map(_is_root, containers(task)))
        ),
    ),
    _each_container(
        "ecs-logging",
        M,
        "Every container has a log configuration.",
        "set logConfiguration",
        lambda container: text(part(container, "logConfiguration"), "logDriver") != "",
        requirements=("A40",),
    ),
    resource_rule(
        "ecs-efs-tls",
        M,
        TASK_DEFINITION,
        "A mounted EFS file system is accessed over TLS.",
        'set transit_encryption="ENABLED"',
        holds=lambda task: all(
            text(part(volume, "efsVolumeConfiguration"), "transitEncryption") == "ENABLED"
            for volume in parts(task, "volumes")
            if is_set(volume, "efsVolumeConfiguration")
        ),
    ),
    resource_rule(
        "ecs-distinct-roles",
        M,
        TASK_DEFINITION,
        "The task role differs from the task execution role.",
        "create a separate task role",
        holds=lambda task: (
            not is_set(task, "taskRoleArn") or task.get("executionRoleArn") != task.get("taskRoleArn")
        ),
    ),
]
