"""Checks of container services, one-off tasks and tools: ports, names, sizes, users and what they need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.checks.check import Others
from settings.defaults import CONTAINER_ENDPOINTS
from settings.errors import nearest
from settings.schema.services import ContainersSettings, ServiceSettings, ToolSettings
from settings.schema.stack import Settings

_IDS = re.compile(r"[1-9]\d{0,8}:\d{1,9}")
RESERVED_PORTS = {443: "the gateway", 5432: "PostgreSQL", 6379: "Redis"}
FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
}
"""MiB by CPU units: AWS rejects other pairs when the task definition is registered."""


def service_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check ports, names, and the variables and endpoints that a service needs to start."""
    platform = settings.containers
    if platform is None:
        return
    where = "platform.services"
    if platform.gateway not in platform.services:
        hint = nearest(platform.gateway, tuple(platform.services))
        yield f"platform.gateway={platform.gateway}: is not a declared service{hint or '; choose one'}"
    seen: dict[int, str] = {}
    for name, service in platform.services.items():
        if service.port in seen:
            yield (
                f"{where}.{name}.port: services {seen[service.port]} and {name} share Service Connect alias "
                f"port {service.port}; choose another"
            )
        seen.setdefault(service.port, name)
        if service.port in RESERVED_PORTS and name != platform.gateway:
            owner = RESERVED_PORTS[service.port]
            yield f"{where}.{name}.port={service.port}: reserved for {owner}; choose another"
        yield from _call_problems(platform, name, service)
        yield from _sidecar_problems(f"{where}.{name}", service, gateway=name == platform.gateway)
        yield from _task_problems(f"{where}.{name}", service)
        if service.max_tasks < service.min_tasks:
            yield f"{where}.{name}.maxTasks={service.max_tasks}: below minTasks={service.min_tasks}; raise it"
    for name, task in platform.one_off_tasks.items():
        if task.service not in platform.services:
            hint = nearest(task.service, tuple(platform.services))
            yield f"platform.oneOffTasks.{name}.service={task.service}: is not a declared service{hint}"
    yield from _tool_problems(platform)
    missing = [one for one in CONTAINER_ENDPOINTS if one not in settings.network.endpoints]
    if missing:
        lacking = ", ".join(missing)
        yield f"network.endpoints lacks {lacking}: services reach AWS through endpoints only; add them"
    if settings.environment.production and platform.exec_enabled:
        yield "platform.execEnabled=true: ECS Exec needs a writable root; set it to false in production"
    users = [name for name, service in platform.services.items() if "cache" in service.stores]
    if users and settings.cache is None:
        yield f"cache: missing, but {', '.join(users)} use it; add strongroom:cache"


def _call_problems(platform: ContainersSettings, name: str, service: ServiceSettings) -> Iterator[str]:
    where = f"platform.services.{name}.calls"
    for callee in service.calls:
        if callee == name:
            yield f'{where}: "{callee}" is the service itself; remove it'
        elif callee not in platform.services:
            hint = nearest(callee, tuple(platform.services))
            yield f'{where}: "{callee}" is not a declared service{hint or "; remove it"}'


def _task_problems(where: str, task: ServiceSettings | ToolSettings) -> Iterator[str]:
    """Check the size and user of a task."""
    if task.memory_mib not in FARGATE_MEMORY[task.cpu]:
        least, most = FARGATE_MEMORY[task.cpu][0], FARGATE_MEMORY[task.cpu][-1]
        yield (
            f"{where}.memoryMib={task.memory_mib}: with cpu={task.cpu} Fargate takes "
            f"{least} to {most}, above 1024 in whole 1024s; choose one of them"
        )
    uid, colon, _ = task.user.partition(":")
    if uid in ("0", "root"):
        yield f"{where}.user={task.user}: containers never run as root; name another uid"
    elif not _IDS.fullmatch(task.user if colon else f"{uid}:0"):
        yield f"{where}.user={task.user}: is not UID:GID in numbers; write it as 1000:1000"


def _sidecar_problems(where: str, service: ServiceSettings, *, gateway: bool) -> Iterator[str]:
    """Check the TLS sidecar."""
    sidecar = service.tls_sidecar_image
    if sidecar is not None and not gateway:
        yield f"{where}.tlsSidecarImage: only the gateway may have one; remove it"
    if sidecar is not None and "@sha256:" not in sidecar:
        yield f"{where}.tlsSidecarImage={sidecar}: a tag can change; write it as <repository>@sha256:<digest>"


def _tool_problems(platform: ContainersSettings) -> Iterator[str]:
    """Check that the names of tools differ from those of services and one-off tasks."""
    for name, tool in platform.tools.items():
        where = f"platform.tools.{name}"
        if name in platform.services:
            yield f"{where}: is the name of a service; choose another"
        if name in platform.one_off_tasks:
            yield f"{where}: is the name of a one-off task; choose another"
        yield from _task_problems(where, tool)
