"""Builds container definitions from the settings alone: equal settings give equal JSON text."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.ecs.task_definition import Container, container, log_configuration
from settings.names import Names
from settings.schema.services import ServiceSettings
from settings.schema.tasks import HealthCheckSettings, SidecarSettings

PORT_NAME = "http"
SIDECAR = "tls"
# Where the process listens when the sidecar has the service's port.
PLAIN_PORT = 8080
FIRST_UNPRIVILEGED_PORT = 1024


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a task runs; known before image, secrets or roles exist."""

    name: str
    """Name of the container: the service's or the one-off task's."""
    service: str
    settings: ServiceSettings
    names: Names
    health_check: HealthCheckSettings
    environment: Mapping[str, str] = field(default_factory=dict)
    """Plain variables of every service."""
    urls: Mapping[str, str] = field(default_factory=dict)
    """URLs of the services it may call, names of buckets and URLs of queues, by environment variable."""
    command: Sequence[str] = ()
    """Replaces the image's own command; a task with a command has no port."""
    writable_root: bool = False
    """Needed by ECS Exec only."""


def containers(task: Task) -> list[Container]:
    """The containers of a task sorted by name, without image and secrets."""
    settings = task.settings
    if task.command:
        main = {**_container(task, task.name), "command": list(task.command)}
        return [{**main, "environment": _environment(task, settings.port)}]
    found = [_sidecar(task, name, sidecar) for name, sidecar in settings.sidecars.items()]
    if settings.port is None:
        found.append({**_main(task, None), "portMappings": []})
    elif settings.tls_sidecar_image is None:
        found.append({**_main(task, settings.port), "portMappings": [_port(settings.port)]})
    else:
        found += [{**_main(task, PLAIN_PORT), "portMappings": []}, _tls_sidecar(task, settings.port)]
    return sorted(found, key=lambda one: one["name"])


def definition(
    task: Task, image: pulumi.Input[str], secrets: Mapping[str, pulumi.Input[str]]
) -> pulumi.Output[str]:
    """The canonical JSON text: keys, containers and variables sorted, no nulls."""
    injected = [{"name": env, "valueFrom": arn} for env, arn in sorted(secrets.items())]
    beside = {name: sidecar.image for name, sidecar in task.settings.sidecars.items()}
    if task.settings.tls_sidecar_image is not None:
        beside[SIDECAR] = task.settings.tls_sidecar_image
    completed = [
        {**one, "image": beside[one["name"]], "secrets": []}
        if one["name"] in beside
        else {**one, "image": image, "secrets": injected}
        for one in containers(task)
    ]
    return pulumi.Output.json_dumps(completed, sort_keys=True, separators=(",", ":"))


def _container(task: Task, name: str) -> Container:
    return container(
        name,
        user=task.settings.user,
        writable_paths=task.settings.writable_paths,
        log=log_configuration(task.names, task.service, name),
        writable_root=task.writable_root,
    )


def _main(task: Task, port: int | None) -> Container:
    """The service's own container, which listens on ``port``; the caller adds its port mappings."""
    check = _health_check(task, port)
    return {
        **_container(task, task.name),
        "environment": _environment(task, port),
        **({"healthCheck": check} if check else {}),
        "systemControls": _low_ports(port) if port is not None else [],
    }


def _health_check(task: Task, port: int | None) -> dict[str, Any] | None:
    check = task.health_check
    if check.kind == "none":
        return None
    command = ["CMD", *check.command]
    if check.kind == "http":
        url = shlex.quote(f"http://127.0.0.1:{port}{task.settings.live_path}")
        # Most images have one of the two.
        command = ["CMD-SHELL", f"curl -fsS -o /dev/null {url} || wget -q -O /dev/null {url} || exit 1"]
    return {
        "command": command,
        "interval": check.interval_s,
        "retries": check.retries,
        "startPeriod": check.start_period_s,
        "timeout": check.timeout_s,
    }


def _tls_sidecar(task: Task, port: int) -> Container:
    return {
        **_container(task, SIDECAR),
        "dependsOn": [{"condition": "START", "containerName": task.name}],
        "environment": _pairs({"LISTEN_PORT": str(port), "UPSTREAM": f"http://127.0.0.1:{PLAIN_PORT}"}),
        "portMappings": [_port(port)],
        "systemControls": _low_ports(port),
    }


def _sidecar(task: Task, name: str, sidecar: SidecarSettings) -> Container:
    shared = container(
        name,
        user=sidecar.user,
        writable_paths=sidecar.writable_paths,
        log=log_configuration(task.names, task.service, name),
        writable_root=task.writable_root,
    )
    command = {"command": list(sidecar.command)} if sidecar.command else {}
    return {**shared, **command, "environment": _pairs(sidecar.environment), "essential": sidecar.essential}


def _environment(task: Task, port: int | None) -> list[dict[str, str]]:
    defaults = {"LOG_LEVEL": "info", "SERVICE_NAME": task.service}
    if port is not None:
        defaults["PORT"] = str(port)
    return _pairs({**defaults, **task.environment, **task.urls, **task.settings.environment})


def _pairs(variables: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in sorted(variables.items())]


def _port(port: int) -> dict[str, Any]:
    return {
        "appProtocol": "http",
        "containerPort": port,
        "hostPort": port,
        "name": PORT_NAME,
        "protocol": "tcp",
    }


def _low_ports(port: int) -> list[dict[str, str]]:
    """The kernel setting with which a user other than root can bind ``port``; none is needed from 1024 up."""
    if port >= FIRST_UNPRIVILEGED_PORT:
        return []
    return [{"namespace": "net.ipv4.ip_unprivileged_port_start", "value": "0"}]
