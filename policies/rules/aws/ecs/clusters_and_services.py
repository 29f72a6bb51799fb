"""ECS clusters and services: Container Insights, ECS Exec logging, public addresses, platform version."""

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
        "A cluster has Container Insights.",
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
        "ECS Exec sessions are logged.",
        'set execute_command_configuration.logging to "OVERRIDE"',
        holds=lambda cluster: text(_exec(cluster), "logging") != "NONE",
    ),
    resource_rule(
        "ecs-exec-logging-cmk",
        P,
        ECS_CLUSTER,
        "ECS Exec sessions and their logs are encrypted with a customer managed key.",
        "set kms_key_id and cloud_watch_encryption_enabled in execute_command_configuration",
        holds=_exec_encrypted,
    ),
    resource_rule(
        "ecs-no-public-ip",
        M,
        (ECS_SERVICE, TASK_SET),
        "A task has no public IP address.",
        "set assign_public_ip=False",
        holds=lambda service: not on(part(service, "networkConfiguration"), "assignPublicIp"),
        requirements=("A22",),
    ),
    resource_rule(
        "ecs-fargate-latest",
        A,
        (ECS_SERVICE, TASK_SET),
        "A service uses the latest Fargate platform version.",
        "remove platform_version",
        holds=lambda service: text(service, "platformVersion") in ("", LATEST_PLATFORM),
    ),
]
