"""ECS tasks: unprivileged, logged, read-only, with a role of their own, no secret in their text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rules.lib.environment_variables import containers, credentials, variables
from rules.lib.resource_types import TASK_DEFINITION
from rules.pack.properties import Props, is_set, on, part, parts, text
from rules.pack.rule import A, M, ResourceRule, resource_rule

_ROOT = frozenset({"", "root", "0", "0:0", "root:root"})


def _each_container(
    name: str, level: Any, sentence: str, fix: str, holds: Callable[[Props], bool]
) -> ResourceRule:
    return resource_rule(
        name, level, TASK_DEFINITION, sentence, fix, holds=lambda task: all(map(holds, containers(task)))
    )


RULES = [
    resource_rule(
        "ecs-no-plain-secrets",
        M,
        TASK_DEFINITION,
        "No environment variable is, or is named like, a credential.",
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
        "A container cannot write to its own image.",
        "set readonlyRootFilesystem to true",
        lambda container: on(container, "readonlyRootFilesystem"),
    ),
    resource_rule(
        "ecs-no-host-pid",
        M,
        TASK_DEFINITION,
        "A task does not see the host's processes.",
        "remove pid_mode",
        holds=lambda task: text(task, "pidMode") != "host",
    ),
    resource_rule(
        "ecs-no-root-host-network",
        M,
        TASK_DEFINITION,
        "A task on the host's network is not root.",
        'use network_mode="awsvpc" or set a user',
        holds=lambda task: (
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
    resource_rule(
        "ecs-efs-tls",
        M,
        TASK_DEFINITION,
        "A mounted file system is reached by TLS.",
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
        "The role that starts a task is not the role the task has.",
        "make a task role of its own",
        holds=lambda task: (
            not is_set(task, "taskRoleArn") or task.get("executionRoleArn") != task.get("taskRoleArn")
        ),
    ),
]
