"""The models of what an ECS task contains: health checks, sidecars, sizes and scaling."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.aws.web import MountPath
from settings.schema.base import EnvName, Model

CpuUnits = Literal[256, 512, 1024, 2048, 4096, 8192, 16384]
"""CPU units that Fargate offers (1024 = one vCPU)."""
MOST_MEMORY_MIB = 122880
NO_IMAGE = f"sha256:{'0' * 64}"
"""The digest in a task definition before the first deployment; no image has it, so that no task starts."""


class HealthCheckSettings(Model):
    """The health check that ECS runs inside a container."""

    kind: Literal["http", "command", "none"]
    """``http``: the image's shell requests ``livePath`` with curl or wget; ``command``; or ``none``."""
    command: tuple[str, ...] = ()
    """The program and its arguments for kind ``command``, without a shell; exit code 0 is healthy."""
    interval_s: int = Field(default=30, ge=5, le=300)
    timeout_s: int = Field(default=10, ge=2, le=60)
    retries: int = Field(default=3, ge=1, le=10)
    start_period_s: int = Field(default=40, ge=0, le=300)
    """Seconds after the start in which failures do not count."""


class ScalingSettings(Model):
    """The targets of a service's automatic scaling, between ``minTasks`` and ``maxTasks``."""

    cpu_percent: int = Field(default=60, ge=10, le=90)
    """Average CPU usage that scaling keeps."""
    memory_percent: int = Field(default=75, ge=10, le=90)
    """Average memory usage that scaling keeps."""


class SidecarSettings(Model):
    """A further container in every task of a service, such as a collector of metrics."""

    image: str
    """The image by digest: ``<repository>@sha256:<digest>``."""
    command: tuple[str, ...] = ()
    """Replaces the image's own command."""
    environment: dict[EnvName, str] = Field(default_factory=dict)
    """Plain environment variables; a sidecar gets no secret."""
    essential: bool = True
    """Whether the task stops when this container stops."""
    user: str = "65534:65534"
    """The uid:gid that the container runs as; never root."""
    writable_paths: tuple[MountPath, ...] = ("/tmp",)
    """Paths mounted in memory; the rest of the root file system is read-only."""
