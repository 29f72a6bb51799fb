"""Checks task definitions: secrets, environment, roles, privileges of containers and logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ops.checks.verify.ecs.tasks import defined, platform_of
from ops.checks.verify.registry import Problem, check
from ops.checks.verify.secrets.secrets import present
from ops.core.aws_state import AwsState, Item
from settings.grants import entries_read_by
from settings.schema.services import ServiceSettings, ToolSettings
from settings.schema.tasks import SidecarSettings

_DEPLOY = "deploy it again from its base task definition"


@check("containers-secrets", "A4", "A8", "A12", "A13", "A31", "A32")
def secrets(aws: AwsState) -> Iterator[Problem]:
    """Each task definition injects exactly its declared secrets, by full ARN."""
    arns = {name: secret["ARN"] for name, (_, secret) in present(aws).items()}
    for one in defined(aws):
        wanted = {
            entry.env: arns.get(entry.store_name)
            for entry in entries_read_by(aws.settings, one.name)
            if entry.env
        }
        for container in one.own():
            given = {pair["name"]: pair["valueFrom"] for pair in container.get("secrets", [])}
            for env in sorted(wanted.keys() - given.keys()):
                yield Problem(one.subject, f"lacks the secret {env}", _DEPLOY)
            for env in sorted(given.keys() - wanted.keys()):
                yield Problem(one.subject, f"injects {env}, but is not a declared reader of it", _DEPLOY)
            for env in sorted(given.keys() & wanted.keys()):
                if wanted[env] and given[env] != wanted[env]:  # missing secrets: secrets-inventory
                    yield Problem(one.subject, f"does not inject {env} from {wanted[env]}", _DEPLOY)


@check("containers-environment", "A4", "A8")
def environment(aws: AwsState) -> Iterator[Problem]:
    """No environment variable of a secret is set in plain text."""
    secret = {
        env
        for entry in aws.settings.secrets.values()
        for env in (entry.env, entry.keyring.env if entry.keyring else None)
    }
    for one in defined(aws):
        for container in one.containers():
            for env in sorted({pair["name"] for pair in container.get("environment", [])} & secret):
                yield Problem(one.subject, f"has {env} in plain text in its environment", _DEPLOY)


@check("containers-roles", "A7", "A51")
def roles(aws: AwsState) -> Iterator[Problem]:
    """Each task definition has its own execution role and task role."""
    for one in defined(aws):
        for member, role in (
            ("executionRoleArn", aws.names.execution_role(one.name)),
            ("taskRoleArn", aws.names.task_role(one.name)),
        ):
            if one.definition.get(member) != aws.names.role_arn(role):
                yield Problem(one.subject, f"its {member} is not {role}", _DEPLOY)


@check("containers-hardening", "A51")
def hardening(aws: AwsState) -> Iterator[Problem]:
    """Containers have read-only file systems, no root user, no capabilities, and images by digest."""
    platform = platform_of(aws)
    for one in defined(aws):
        for container in one.containers():
            shells = bool(platform and platform.exec_enabled) and isinstance(one.settings, ServiceSettings)
            sidecar = one.sidecars.get(container["name"])
            if sidecar is not None and container.get("image") != sidecar.image:
                yield Problem(f"{one.subject} ({container['name']})", "is not the declared image", _DEPLOY)
            for problem in _loose(container, sidecar or one.settings, writable=shells):
                yield Problem(f"{one.subject} ({container['name']})", problem, _DEPLOY)


@check("containers-logging", "A40")
def logging(aws: AwsState) -> Iterator[Problem]:
    """Every container logs to its service's log group in non-blocking mode."""
    for one in defined(aws):
        group = aws.names.log_group(one.name)
        for container in one.containers():
            log = container.get("logConfiguration") or {}
            options, subject = log.get("options", {}), f"{one.subject} ({container['name']})"
            if log.get("logDriver") != "awslogs" or options.get("awslogs-group") != group:
                yield Problem(subject, f"does not log to {group}", _DEPLOY)
            elif options.get("mode") != "non-blocking":
                yield Problem(
                    subject,
                    "its log mode is not non-blocking: the container stops when its log does",
                    _DEPLOY,
                )


def _loose(
    container: Item, settings: ServiceSettings | ToolSettings | SidecarSettings, *, writable: bool
) -> Iterator[str]:
    linux: dict[str, Any] = container.get("linuxParameters") or {}
    capabilities = linux.get("capabilities") or {}
    if container.get("readonlyRootFilesystem") is not True and not writable:
        yield "its root file system is not read-only"
    if container.get("privileged"):
        yield "runs privileged"
    if str(container.get("user", "")).split(":")[0] in ("", "0", "root"):
        yield "runs as root"
    elif container["user"] != settings.user:
        yield f"does not run as {settings.user}"
    if "ALL" not in capabilities.get("drop", []) or capabilities.get("add"):
        yield "keeps Linux capabilities"
    if linux.get("initProcessEnabled") is not True:
        yield "runs without an init process (initProcessEnabled)"
    if "@sha256:" not in container.get("image", ""):
        yield "names its image by tag, not by digest"
