"""What runs in a stack: containers behind one gateway, or one docker-compose host."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from settings.schema.base import EnvName, Model, Slug

ImageDigest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Store = Literal["database", "cache"]


class ServiceSettings(Model):
    """One container service of ``strongroom:platform.services``."""

    port: int = Field(ge=1, le=65535)
    """The port its container listens on, and its peers reach it by."""
    stores: tuple[Store, ...] = ()
    """The data stores it opens connections to."""
    external: bool = False
    """Whether it calls APIs on the Internet (443 only)."""
    calls: tuple[Slug, ...] = ()
    """Other services it may call directly; empty keeps "entered from the gateway only"."""
    url_env: EnvName | None = None
    """The variable in which callers find this service's URL."""
    required_env: tuple[EnvName, ...] = ()
    """Secret variables without which the service does not start."""
    environment: dict[EnvName, str] = Field(default_factory=dict)
    """Plain settings of the application; never a secret."""
    image: ImageDigest | None = None
    """The image to run, by digest; without one the service stays at 0 tasks until its first deployment."""
    cpu: Literal[256, 512, 1024, 2048, 4096] = 512
    """CPU units of a task (1024 = one vCPU)."""
    memory_mib: int = Field(default=1024, ge=512, le=30720)
    min_tasks: int = Field(default=2, ge=1, le=50)
    max_tasks: int = Field(default=6, ge=1, le=100)
    live_path: str = "/health"
    """Answers 200 while the process lives."""
    ready_path: str = "/health/startup"
    """Answers 200 once the service can take traffic."""
    user: str = "1000:1000"
    """The uid:gid the container runs as; never root."""
    writable_paths: tuple[str, ...] = ("/tmp",)
    """Paths mounted in memory; everything else of the root file system is read-only."""
    tls_sidecar_image: str | None = None
    """An image by digest that ends TLS on the service's port, for a process that speaks plain HTTP."""


class OneOffTaskSettings(Model):
    """A task definition that people or pipelines run, and no service keeps running."""

    service: Slug
    """The service whose image, roles and secrets it has."""
    command: tuple[str, ...] = Field(min_length=1)


class ToolSettings(Model):
    """A one-off task with an image of its own, which reads what names it as reader and nothing else."""

    command: tuple[str, ...] = Field(min_length=1)
    """What its image's entry point is given; whoever runs the task may give it something else."""
    stores: tuple[Store, ...] = ()
    """The data stores it opens connections to."""
    image: ImageDigest | None = None
    """The image to run, by digest; without one the task cannot start."""
    cpu: Literal[256, 512, 1024, 2048, 4096] = 2048
    """CPU units of a task (1024 = one vCPU)."""
    memory_mib: int = Field(default=4096, ge=512, le=30720)
    user: str = "65534:65534"
    """The uid:gid the container runs as; never root."""
    writable_paths: tuple[str, ...] = ("/tmp",)
    """Paths mounted in memory; everything else of the root file system is read-only."""


class ContainersSettings(Model):
    """``strongroom:platform`` of kind ``containers``: ECS services that only the gateway may enter."""

    kind: Literal["containers"]
    gateway: Slug
    """The one service the load balancer sends requests to."""
    services: dict[Slug, ServiceSettings] = Field(min_length=1)
    one_off_tasks: dict[Slug, OneOffTaskSettings] = Field(default_factory=dict)
    tools: dict[Slug, ToolSettings] = Field(default_factory=dict)
    architecture: Literal["X86_64", "ARM64"] = "X86_64"
    """The processor that images are built for."""
    exec_enabled: bool = False
    """Whether people may open a shell in a task (ECS Exec); needs a writable root, so never in production."""


class SshSettings(Model):
    """Port 22 on the host: off, unless a stack names who may come from where."""

    enabled: bool = False
    allowed_cidrs: tuple[str, ...] = ()
    authorized_keys: tuple[str, ...] = ()
    """Public keys of the people who may log in; EC2 key pairs are not used."""


class PlainParameterSettings(Model):
    """One String parameter that the host reads beside its secrets; its name is the map's key."""

    description: str = Field(min_length=8)
    value: str | None = None
    source: (
        Literal[
            "database.address", "database.name", "database.username", "edge.domain", "platform.repository"
        ]
        | None
    ) = None
    """Where the value comes from, when the stack itself knows it."""


class HostSettings(Model):
    """``strongroom:platform`` of kind ``host``: one docker-compose host in an auto scaling group of one."""

    kind: Literal["host"]
    port: int = Field(ge=1, le=65535)
    """The container's port that the load balancer sends requests to."""
    instance_type: str = "t3.large"
    volume_gib: int = Field(default=30, ge=20)
    health_path: str = "/health/"
    app_dir: Annotated[str, StringConstraints(pattern=r"^/opt/[a-z][a-z0-9-]*$")] = "/opt/app"
    ubuntu: Literal["22.04", "24.04"] = "24.04"
    """The Ubuntu release whose current image a new host starts from."""
    repository: str = Field(pattern=r"^[a-z0-9][a-z0-9._:/-]*$")
    """The image repository that deployments push to, without tag or digest."""
    image: ImageDigest | None = None
    """The image a first host starts with; later ones start with what was deployed last."""
    ssh: SshSettings = SshSettings()
    parameters: dict[Slug, PlainParameterSettings] = Field(default_factory=dict)
    """Plain configuration in Parameter Store, under ``/<application>/<environment>/``."""
    environment: dict[EnvName, str] = Field(default_factory=dict)
    """Plain lines of the ``.env``; ``{{name}}`` stands for a parameter that the host fills in."""
    compose: dict[str, Any] = Field(default_factory=dict)
    """The application's docker-compose document."""
    unpinned_images: dict[str, str] = Field(default_factory=dict)
    """Images of the compose document that are named by a tag, which can move: image and reason."""


PlatformSettings = Annotated[ContainersSettings | HostSettings, Field(discriminator="kind")]
