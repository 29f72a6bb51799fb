"""ECS: clusters log what is typed into them, services have no public address."""

from __future__ import annotations

from rules.lib.resource_types import ECS_CLUSTER, ECS_SERVICE, TASK_SET
from rules.pack.properties import Props, is_set, on, part, parts, text
from rules.pack.rule import A, M, P, resource_rule

LATEST_PLATFORM = "LATEST"
_INSIGHTS = frozenset({"enabled", "enhanced"})


def _exec(cluster: Props) -> Props:
    return part(part(cluster, "configuration"), "executeCommandConfiguration")


def _exec_encrypted(cluster: Props) -> bool:
    if not is_set(part(cluster, "configuration"), "executeCommandConfiguration"):
        return True
    log = part(_exec(cluster), "logConfiguration")
    encrypted = on(log, "cloudWatchEncryptionEnabled") or on(log, "s3BucketEncryptionEnabled")
    return encrypted and is_set(_exec(cluster), "kmsKeyId")


RULES = [
    resource_rule(
        "ecs-container-insights",
        A,
        ECS_CLUSTER,
        "A cluster counts its running tasks.",
        'set the containerInsights setting to "enhanced"',
        holds=lambda cluster: any(
            text(one, "name") == "containerInsights" and text(one, "value") in _INSIGHTS
            for one in parts(cluster, "settings")
        ),
    ),
    resource_rule(
        "ecs-exec-logging",
        M,
        ECS_CLUSTER,
        "What is typed into a container is logged.",
        'set execute_command_configuration.logging to "OVERRIDE"',
        holds=lambda cluster: text(_exec(cluster), "logging") != "NONE",
    ),
    resource_rule(
        "ecs-exec-logging-cmk",
        P,
        ECS_CLUSTER,
        "What is typed into a container is encrypted on its way and in its log.",
        "set kms_key_id and cloud_watch_encryption_enabled in execute_command_configuration",
        holds=_exec_encrypted,
    ),
    resource_rule(
        "ecs-no-public-ip",
        M,
        (ECS_SERVICE, TASK_SET),
        "A task has no public address.",
        "set assign_public_ip=False (A22)",
        holds=lambda service: not on(part(service, "networkConfiguration"), "assignPublicIp"),
    ),
    resource_rule(
        "ecs-fargate-latest",
        A,
        (ECS_SERVICE, TASK_SET),
        "Fargate runs its latest platform.",
        "remove platform_version",
        holds=lambda service: text(service, "platformVersion") in ("", LATEST_PLATFORM),
    ),
]
