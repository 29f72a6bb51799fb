"""The model of one service of a compose document: the keys it may have, and why it may not have others."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from settings.schema.compose.base import ComposeModel, Duration, Entries, Scalar, Size, Texts, refused
from settings.schema.compose.dependencies import Dependencies, HealthCheck
from settings.schema.compose.mounts import Mounts
from settings.schema.compose.ports import Ports

DEFAULT_CAPABILITIES = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
    *("NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
"""Those that docker gives every container, which a service may drop and add again."""


def _own_namespace(value: str | None) -> str | None:
    if value is not None and re.fullmatch(r"none|private|shareable|service:\S+", value) is None:
        raise ValueError(
            "shares a namespace of the host or of another container, in which it can use the instance role; "
            "remove it"
        )
    return value


def _restart(value: str) -> str:
    if re.fullmatch(r"no|always|unless-stopped|on-failure(:\d+)?", value) is None:
        raise ValueError('is not a policy of docker; write unless-stopped, always, on-failure or "no"')
    return value


def _networks(value: Any) -> Any:
    return dict.fromkeys(value) if isinstance(value, list) else value


def _env_files(value: Any) -> Any:
    files = value if isinstance(value, list) else [value]
    return [{"path": one} if isinstance(one, str) else one for one in files]


def _capability(name: str) -> str:
    if name.upper().removeprefix("CAP_") not in DEFAULT_CAPABILITIES:
        raise ValueError("gives a container rights over the host; remove it")
    return name


def _option(value: str) -> str:
    if value.replace("=", ":") not in ("no-new-privileges", "no-new-privileges:true"):
        raise ValueError(
            "weakens what docker confines containers with; only no-new-privileges:true is allowed"
        )
    return value


def _env_file(value: str) -> str:
    if value not in (".env", "./.env"):
        raise ValueError("the host has no such file; write .env")
    return value


class EnvFile(ComposeModel):
    """A file with variables of the container."""

    path: Annotated[str, AfterValidator(_env_file)]
    required: bool = True
    format: Any = refused("raw keeps the quotes in which the host writes values; remove it")


EnvFiles = Annotated[list[EnvFile], BeforeValidator(_env_files)]


class Limits(ComposeModel):
    """The resources that a container may use, or has reserved."""

    cpus: Scalar = ""
    memory: Size | None = None
    pids: int | None = None


class Resources(ComposeModel):
    """Limits and reservations."""

    limits: Limits = Limits()
    reservations: Limits = Limits()


class Deploy(ComposeModel):
    """The part of ``deploy`` that compose applies on one host."""

    resources: Resources = Resources()
    replicas: Any = refused("one container per service publishes the port; remove it", 1)


class ComposeService(ComposeModel):
    """One service: a container of the host."""

    image: str = Field(min_length=1)
    command: Texts | None = None
    entrypoint: Texts | None = None
    environment: Entries = Field(default_factory=dict)
    env_file: EnvFiles = Field(default_factory=list)
    ports: Ports = Field(default_factory=list)
    expose: list[Scalar] = Field(default_factory=list)
    volumes: Mounts = Field(default_factory=list)
    tmpfs: Texts = Field(default_factory=list)
    networks: Annotated[dict[str, Any], BeforeValidator(_networks)] = Field(default_factory=dict)
    depends_on: Dependencies = Field(default_factory=dict)
    healthcheck: HealthCheck | None = None
    restart: Annotated[str, AfterValidator(_restart)] = "no"
    deploy: Deploy = Deploy()
    cap_add: list[Annotated[str, AfterValidator(_capability)]] = Field(default_factory=list)
    cap_drop: list[str] = Field(default_factory=list)
    security_opt: list[Annotated[str, AfterValidator(_option)]] = Field(default_factory=list)
    user: Scalar = ""
    working_dir: str = ""
    hostname: str = ""
    container_name: str = ""
    platform: str = ""
    labels: Entries = Field(default_factory=dict)
    init: bool = False
    read_only: bool = False
    stdin_open: bool = False
    tty: bool = False
    stop_signal: str = ""
    stop_grace_period: Duration | None = None
    pull_policy: Literal["always", "missing", "if_not_present"] | None = None
    shm_size: Size | None = None
    mem_limit: Size | None = None
    mem_reservation: Size | None = None
    memswap_limit: Size | None = None
    cpus: Scalar = ""
    cpu_shares: int | None = None
    pids_limit: int | None = None
    ulimits: dict[str, Any] = Field(default_factory=dict)
    dns: Texts = Field(default_factory=list)
    dns_search: Texts = Field(default_factory=list)
    network_mode: Annotated[str | None, AfterValidator(_own_namespace)] = None
    ipc: Annotated[str | None, AfterValidator(_own_namespace)] = None
    pid: Annotated[str | None, AfterValidator(_own_namespace)] = None
    uts: Annotated[str | None, AfterValidator(_own_namespace)] = None
    userns_mode: Annotated[str | None, AfterValidator(_own_namespace)] = None
    privileged: Any = refused("a privileged container has root's rights on the host; remove it", False)
    cgroup: Any = refused("it shares a namespace of the host; remove it", "private")
    extra_hosts: Any = refused("names of hosts come from DNS; remove it")
    cgroup_parent: Any = refused("it takes a container out of docker's limits; remove it")
    devices: Any = refused("a device of the host gives access to its disks or memory; remove it", [])
    device_cgroup_rules: Any = refused(
        "a device of the host gives access to its disks or memory; remove it", []
    )
    gpus: Any = refused("the host has no GPU; remove it")
    runtime: Any = refused("the host has docker's own runtime only; remove it")
    volumes_from: Any = refused("list the mounts under volumes instead", [])
    links: Any = refused("services reach each other by name; remove it", [])
    external_links: Any = refused("there are no containers outside of this document; remove it", [])
    build: Any = refused("a host does not build images; push one and name it under image")
    logging: Any = refused("every container logs to the stack's log group; remove it")
    extends: Any = refused("the host has this document only; write the keys out")
    profiles: Any = refused("the host starts every service; remove it", [])
    scale: Any = refused("one container per service publishes the port; remove it", 1)
    secrets: Any = refused("the host writes secrets into .env; use env_file: .env", [])
    configs: Any = refused("the host has this document only; put files into the image", [])

    @property
    def long_running(self) -> bool:
        """Whether docker restarts its container whenever it ends."""
        return self.restart in ("always", "unless-stopped")
