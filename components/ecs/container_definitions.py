"""Builds container definitions from the settings alone: equal settings give equal JSON text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.ecs.task_definition import Container, container, log_configuration
from settings.names import Names
from settings.schema.services import ServiceSettings

PORT_NAME = "http"
SIDECAR = "tls"
# Where the process listens when the sidecar has the service's port.
PLAIN_PORT = 8080
FIRST_UNPRIVILEGED_PORT = 1024

# The health check runs in Node.js: images of these services need not contain curl.
_PROBE = "fetch(process.argv[1]).then(answer=>process.exit(answer.ok?0:1),()=>process.exit(1))"


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a task runs; known before image, secrets or roles exist."""

    name: str
    """Name of the container: the service's or the one-off task's."""
    service: str
    settings: ServiceSettings
    names: Names
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
    if settings.tls_sidecar_image is None:
        return [_served(task, settings.port, [_port(settings.port)])]
    plain = _served(task, PLAIN_PORT, [])
    sidecar = {
        **_container(task, SIDECAR),
        "dependsOn": [{"condition": "START", "containerName": task.name}],
        "environment": _pairs(
            {"LISTEN_PORT": str(settings.port), "UPSTREAM": f"http://127.0.0.1:{PLAIN_PORT}"}
        ),
        "portMappings": [_port(settings.port)],
        "systemControls": _low_ports(settings.port),
    }
    return sorted((plain, sidecar), key=lambda one: one["name"])


def definition(
    task: Task, image: pulumi.Input[str], secrets: Mapping[str, pulumi.Input[str]]
) -> pulumi.Output[str]:
    """The canonical JSON text: keys, containers and variables sorted, no nulls."""
    injected = [{"name": env, "valueFrom": arn} for env, arn in sorted(secrets.items())]
    completed = [
        {**one, "image": task.settings.tls_sidecar_image, "secrets": []}
        if one["name"] == SIDECAR
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


def _served(task: Task, port: int, mappings: list[dict[str, Any]]) -> Container:
    return {
        **_container(task, task.name),
        "environment": _environment(task, port),
        "healthCheck": {
            "command": ["CMD", "node", "-e", _PROBE, f"http://127.0.0.1:{port}{task.settings.live_path}"],
            "interval": 30,
            "retries": 3,
            "startPeriod": 40,
            "timeout": 10,
        },
        "portMappings": mappings,
        "systemControls": _low_ports(port),
    }


def _environment(task: Task, port: int) -> list[dict[str, str]]:
    defaults = {
        "LOG_LEVEL": "info",
        # In staging too: outside production mode applications fall back to published default keys.
        "NODE_ENV": "production",
        "PORT": str(port),
        "SERVICE_NAME": task.service,
    }
    return _pairs({**defaults, **task.urls, **task.settings.environment})


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
