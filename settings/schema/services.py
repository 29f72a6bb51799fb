"""The models of the platform: container services, or one docker-compose host."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from settings.aws.instance_types import InstanceType
from settings.aws.names import ImageRepository
from settings.aws.rule import Text
from settings.aws.web import HealthPath, MountPath
from settings.schema.base import EnvName, Model, Slug
from settings.schema.tasks import (
    MOST_MEMORY_MIB,
    CpuUnits,
    HealthCheckSettings,
    ScalingSettings,
    SidecarSettings,
)

ImageDigest = Annotated[
    str,
    AfterValidator(
        Text(
            r"sha256:[0-9a-f]{64}",
            "the digest of an image, sha256: and 64 hexadecimal digits",
            "https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests",
        )
    ),
]
APP_DIR = Text(
    r"/opt/[a-z][a-z0-9-]*",
    "a folder directly below /opt, of lower-case letters, digits and hyphens, as /opt/app",
    "the host's scripts, which run as root",
)
Store = Literal["database", "cache"]


class ServiceSettings(Model):
    """One container service of ``strongroom:platform.services``."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """The port that its container listens on and callers connect to; a worker has none."""
    stores: tuple[Store, ...] = ()
    """The data stores that it connects to."""
    external: bool = False
    """Whether it connects to the Internet (port 443 only)."""
    calls: tuple[Slug, ...] = ()
    """Other services that it may call directly; the gateway may call every service."""
    url_env: EnvName | None = None
    """The environment variable in which callers receive this service's URL."""
    required_env: tuple[EnvName, ...] = ()
    """Names of secret variables that the service needs to start."""
    environment: dict[EnvName, str] = Field(default_factory=dict)
    """Plain environment variables of the application; never a secret."""
    image: ImageDigest | None = None
    """The image to run, by digest; without it the service has 0 tasks until its first deployment."""
    cpu: CpuUnits = 512
    """CPU units of a task (1024 = one vCPU)."""
    memory_mib: int = Field(default=1024, ge=512, le=MOST_MEMORY_MIB)
    min_tasks: int = Field(default=2, ge=1, le=50)
    max_tasks: int = Field(default=6, ge=1, le=100)
    scaling: ScalingSettings = ScalingSettings()
    health_check: HealthCheckSettings | None = None
    """The health check inside its container; by default the platform's, and none without a port."""
    live_path: HealthPath = "/health"
    """Path that answers 200 while the process is alive."""
    ready_path: HealthPath = "/health"
    """Path that answers 200 once the service can take traffic: the load balancer requests it."""
    user: str = "1000:1000"
    """The uid:gid that the container runs as; never root."""
    writable_paths: tuple[MountPath, ...] = ("/tmp",)
    """Paths mounted in memory; the rest of the root file system is read-only."""
    tls_sidecar_image: str | None = None
    """An image, by digest, of a sidecar that terminates TLS on the service's port and forwards plain HTTP."""
    sidecars: dict[Slug, SidecarSettings] = Field(default_factory=dict)
    """Further containers of every task, by name."""

    @property
    def sidecar_images(self) -> tuple[str, ...]:
        """The images of all containers but the service's own."""
        tls = (self.tls_sidecar_image,) if self.tls_sidecar_image else ()
        return (*tls, *(sidecar.image for sidecar in self.sidecars.values()))


class OneOffTaskSettings(Model):
    """A task definition that people or pipelines run, without an ECS service."""

    service: Slug
    """The service whose image, roles and secrets it uses."""
    command: tuple[str, ...] = Field(min_length=1)


class ToolSettings(Model):
    """A one-off task with its own image, which reads only the secrets that list it as a reader."""

    command: tuple[str, ...] = Field(min_length=1)
    """Default arguments of its image's entry point, which a run of the task may override."""
    stores: tuple[Store, ...] = ()
    """The data stores that it connects to."""
    image: ImageDigest | None = None
    """The image to run, by digest; without it the task cannot start."""
    cpu: CpuUnits = 2048
    """CPU units of a task (1024 = one vCPU)."""
    memory_mib: int = Field(default=4096, ge=512, le=MOST_MEMORY_MIB)
    user: str = "65534:65534"
    """The uid:gid that the container runs as; never root."""
    writable_paths: tuple[MountPath, ...] = ("/tmp",)
    """Paths mounted in memory; the rest of the root file system is read-only."""


class ContainersSettings(Model):
    """``strongroom:platform`` of kind ``containers``: services on ECS Fargate."""

    kind: Literal["containers"]
    gateway: Slug | None = None
    """The service that the load balancer forwards requests to, unless ``edge.routes`` names another."""
    environment: dict[EnvName, str] = Field(default_factory=dict)
    """Plain environment variables of every service; a service's own ``environment`` takes precedence."""
    health_check: HealthCheckSettings = HealthCheckSettings(kind="http")
    """The health check of every service that has a port and no ``healthCheck`` of its own."""
    services: dict[Slug, ServiceSettings] = Field(min_length=1)
    one_off_tasks: dict[Slug, OneOffTaskSettings] = Field(default_factory=dict)
    tools: dict[Slug, ToolSettings] = Field(default_factory=dict)
    architecture: Literal["X86_64", "ARM64"] = "X86_64"
    """The CPU architecture that images are built for."""
    exec_enabled: bool = False
    """Whether ECS Exec is enabled; it needs a writable root file system, so never in production."""

    def health_check_of(self, service: str) -> HealthCheckSettings:
        """The health check inside a service's container: its own, or the platform's where it has a port."""
        settings = self.services[service]
        if settings.health_check is not None:
            return settings.health_check
        return self.health_check if settings.port is not None else HealthCheckSettings(kind="none")


class SshSettings(Model):
    """SSH access to the host, off by default."""

    enabled: bool = False
    allowed_cidrs: tuple[str, ...] = ()
    authorized_keys: tuple[str, ...] = ()
    """Public keys that may log in; EC2 key pairs are not used."""


class PlainParameterSettings(Model):
    """One String parameter that the host reads in addition to its secrets; its name is the map's key."""

    description: str = Field(min_length=8, max_length=1024)
    value: str | None = None
    source: (
        Literal[
            "database.address", "database.name", "database.username", "edge.domain", "platform.repository"
        ]
        | None
    ) = None
    """The stack's own fact that is the value, in place of ``value``."""


class HostSettings(Model):
    """``strongroom:platform`` of kind ``host``: one docker-compose host in an Auto Scaling group."""

    kind: Literal["host"]
    port: int = Field(ge=1, le=65535)
    """The container's port that the load balancer forwards requests to."""
    instance_type: InstanceType = "t3.large"
    """Its CPU architecture chooses the AMI; the images of the compose document must be built for it."""
    volume_gib: int = Field(default=30, ge=20, le=16_384)
    health_path: HealthPath = "/health/"
    app_dir: Annotated[str, AfterValidator(APP_DIR)] = "/opt/app"
    ubuntu: Literal["22.04", "24.04"] = "24.04"
    """The Ubuntu release whose current AMI a new host starts from."""
    repository: ImageRepository
    """The image repository that deployments push to, without tag or digest."""
    image: ImageDigest | None = None
    """The image that the first host starts with; later hosts start with the last deployed image."""
    ssh: SshSettings = SshSettings()
    parameters: dict[Slug, PlainParameterSettings] = Field(default_factory=dict)
    """Plain configuration in Parameter Store, under ``/<application>/<environment>/``."""
    environment: dict[EnvName, str] = Field(default_factory=dict)
    """Plain lines of the ``.env``; the host replaces ``{{name}}`` with the value of that parameter."""
    compose: dict[str, Any] = Field(default_factory=dict)
    """The application's docker-compose document."""
    unpinned_images: dict[str, str] = Field(default_factory=dict)
    """Images of the compose document that are named by a tag instead of a digest, each with a reason."""


PlatformSettings = Annotated[ContainersSettings | HostSettings, Field(discriminator="kind")]
