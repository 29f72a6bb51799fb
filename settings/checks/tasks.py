"""What ECS would refuse of a task, or what must never run, is said before anything is made."""

from __future__ import annotations

from collections.abc import Iterator

from settings.errors import nearest
from settings.schema.secrets import SecretSettings
from settings.schema.services import ContainersSettings, ServiceSettings, ToolSettings

FARGATE_MEMORY = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
}
"""MiB by CPU units: AWS refuses every other pair when the task definition is registered."""


def task_problems(where: str, task: ServiceSettings | ToolSettings) -> Iterator[str]:
    """Its size, and whom it runs as."""
    if task.memory_mib not in FARGATE_MEMORY[task.cpu]:
        least, most = FARGATE_MEMORY[task.cpu][0], FARGATE_MEMORY[task.cpu][-1]
        yield (
            f"{where}.memoryMib={task.memory_mib}: with cpu={task.cpu} Fargate takes "
            f"{least} to {most}, above 1024 in whole 1024s; choose one of them"
        )
    if task.user.split(":")[0] in ("0", "root"):
        yield f"{where}.user={task.user}: containers never run as root; name another uid"


def sidecar_problems(where: str, service: ServiceSettings, *, gateway: bool) -> Iterator[str]:
    """The container that ends TLS."""
    sidecar = service.tls_sidecar_image
    if sidecar is not None and not gateway:
        yield f"{where}.tlsSidecarImage: services speak HTTP to each other; only the gateway may have one"
    if sidecar is not None and "@sha256:" not in sidecar:
        yield f"{where}.tlsSidecarImage={sidecar}: a tag can move; write it as <repository>@sha256:<digest>"


def tool_problems(platform: ContainersSettings) -> Iterator[str]:
    """Names of tools, which are names of roles, repositories, groups and families."""
    for name, tool in platform.tools.items():
        where = f"platform.tools.{name}"
        if name in platform.services:
            yield f"{where}: is the name of a service; choose another"
        if name in platform.one_off_tasks:
            yield f"{where}: is the name of a one-off task; choose another"
        yield from task_problems(where, tool)


def ring_problems(where: str, secret: SecretSettings, tools: tuple[str, ...]) -> Iterator[str]:
    """Tools that read the ring alone."""
    for tool in secret.keyring.tools if secret.keyring else ():
        if tool not in tools:
            hint = nearest(tool, tools)
            yield f'{where}.keyring.tools: "{tool}" is none of platform.tools{hint or "; remove it"}'
        elif tool in secret.readers:
            yield f"{where}.keyring.tools: {tool} reads the plain value too; name it once"
