"""Checks of container services, one-off tasks and tools: ports, names, sizes, users and what they need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from settings.checks.check import Others
from settings.defaults import CONTAINER_ENDPOINTS
from settings.errors import nearest
from settings.schema.services import ContainersSettings, ServiceSettings, ToolSettings
from settings.schema.stack import Settings
from settings.schema.tasks import CpuUnits, HealthCheckSettings

_IDS = re.compile(r"[1-9]\d{0,8}:\d{1,9}")
_ECR = re.compile(r"\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/.+")
OTHER_CONTAINERS = frozenset({"tls", "aws-guardduty-agent"})
"""Names of containers that the program or AWS adds to tasks."""
RESERVED_PORTS = {443: "the gateway", 5432: "PostgreSQL", 6379: "Redis"}
FARGATE_MEMORY: dict[CpuUnits, Sequence[int]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
}
"""MiB by CPU units: AWS rejects other pairs when the task definition is registered."""


def service_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check ports, names, and the variables and endpoints that a service needs to start."""
    platform = settings.containers
    if platform is None:
        return
    where = "platform.services"
    if platform.gateway is not None and platform.gateway not in platform.services:
        hint = nearest(platform.gateway, tuple(platform.services))
        yield f"platform.gateway={platform.gateway}: is not a declared service{hint or '; choose one'}"
    seen: dict[int, str] = {}
    for name, service in platform.services.items():
        if service.port is not None:
            yield from _port_problems(platform, name, service.port, seen)
        else:
            yield from _worker_problems(f"{where}.{name}", service, gateway=name == platform.gateway)
        yield from _call_problems(platform, name, service)
        yield from _sidecar_problems(settings, platform, name, service)
        yield from _health_problems(f"{where}.{name}.healthCheck", service.health_check)
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
    yield from _health_problems("platform.healthCheck", platform.health_check)


def _port_problems(platform: ContainersSettings, name: str, port: int, seen: dict[int, str]) -> Iterator[str]:
    """Check the port of one service; ``seen`` are the services before it, by port."""
    if port in seen:
        yield (
            f"platform.services.{name}.port: services {seen[port]} and {name} share Service Connect alias "
            f"port {port}; choose another"
        )
    seen.setdefault(port, name)
    if port in RESERVED_PORTS and name != platform.gateway:
        owner = RESERVED_PORTS[port]
        yield f"platform.services.{name}.port={port}: reserved for {owner}; choose another"


def _worker_problems(where: str, service: ServiceSettings, *, gateway: bool) -> Iterator[str]:
    """Check that a service without a port has nothing that needs one."""
    if gateway:
        yield f"{where}.port: missing; the load balancer forwards requests to the gateway's port: add it"
    if service.url_env is not None:
        yield f"{where}.urlEnv={service.url_env}: the service has no port; add port, or remove it"
    if service.health_check is not None and service.health_check.kind == "http":
        yield f"{where}.healthCheck.kind=http: the service has no port; choose command or none"


def _health_problems(where: str, check: HealthCheckSettings | None) -> Iterator[str]:
    """Check that a health check has a command exactly when its kind is ``command``."""
    if check is None:
        return
    if check.kind == "command" and not check.command:
        yield f"{where}.command: missing; name the program and its arguments"
    if check.kind != "command" and check.command:
        yield f"{where}.command: has no effect with kind={check.kind}; remove it, or set kind: command"
    if check.timeout_s >= check.interval_s:
        yield f"{where}.timeoutS={check.timeout_s}: is not below intervalS={check.interval_s}; lower it"


def _call_problems(platform: ContainersSettings, name: str, service: ServiceSettings) -> Iterator[str]:
    where = f"platform.services.{name}.calls"
    for callee in service.calls:
        if callee == name:
            yield f'{where}: "{callee}" is the service itself; remove it'
        elif callee not in platform.services:
            hint = nearest(callee, tuple(platform.services))
            yield f'{where}: "{callee}" is not a declared service{hint or "; remove it"}'
        elif platform.services[callee].port is None:
            yield f'{where}: "{callee}" has no port that could be called; remove it'


def _task_problems(where: str, task: ServiceSettings | ToolSettings) -> Iterator[str]:
    """Check the size and user of a task."""
    if task.memory_mib not in FARGATE_MEMORY[task.cpu]:
        least, most = FARGATE_MEMORY[task.cpu][0], FARGATE_MEMORY[task.cpu][-1]
        yield (
            f"{where}.memoryMib={task.memory_mib}: with cpu={task.cpu} Fargate takes "
            f"{least} to {most}, above 1024 in whole {_step(task.cpu)}s; choose one of them"
        )
    yield from _user_problems(where, task.user)


def _user_problems(where: str, user: str) -> Iterator[str]:
    uid, colon, _ = user.partition(":")
    if uid in ("0", "root"):
        yield f"{where}.user={user}: containers never run as root; name another uid"
    elif not _IDS.fullmatch(user if colon else f"{uid}:0"):
        yield f"{where}.user={user}: is not UID:GID in numbers; write it as 1000:1000"


def _sidecar_problems(
    settings: Settings, platform: ContainersSettings, name: str, service: ServiceSettings
) -> Iterator[str]:
    """Check the containers beside the service's own: names, users, and where their images come from."""
    where = f"platform.services.{name}"
    if service.tls_sidecar_image is not None:
        if name != platform.gateway:
            yield f"{where}.tlsSidecarImage: only the gateway may have one; remove it"
        yield from _image_problems(settings, f"{where}.tlsSidecarImage", service.tls_sidecar_image, service)
    for key, sidecar in service.sidecars.items():
        here = f"{where}.sidecars.{key}"
        if key == name or key in OTHER_CONTAINERS:
            yield f"{here}: is the name of another container of the task; choose another"
        yield from _image_problems(settings, f"{here}.image", sidecar.image, service)
        yield from _user_problems(here, sidecar.user)


def _image_problems(settings: Settings, where: str, image: str, service: ServiceSettings) -> Iterator[str]:
    """Check that an image is named by digest, and that the task reaches its registry."""
    if "@sha256:" not in image:
        yield f"{where}={image}: a tag can change; write it as <repository>@sha256:<digest>"
        return
    registry = _ECR.fullmatch(image)
    if service.external or (registry and registry[1] == settings.region):
        return
    yield (
        f"{where}={image}: is not in Amazon ECR in {settings.region}, so only a service with external: true "
        "reaches it; set it, or copy the image to a repository in ECR"
    )


def _tool_problems(platform: ContainersSettings) -> Iterator[str]:
    """Check that the names of tools differ from those of services and one-off tasks."""
    for name, tool in platform.tools.items():
        where = f"platform.tools.{name}"
        if name in platform.services:
            yield f"{where}: is the name of a service; choose another"
        if name in platform.one_off_tasks:
            yield f"{where}: is the name of a one-off task; choose another"
        yield from _task_problems(where, tool)


def _step(cpu: CpuUnits) -> int:
    """The MiB between two sizes of memory, above the smallest."""
    sizes = FARGATE_MEMORY[cpu]
    return sizes[-1] - sizes[-2]
