"""Lists every network connection that a stack allows; each becomes a pair of security group rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from settings.schema.services import ContainersSettings, HostSettings, Store
from settings.schema.stack import Settings

HTTP, HTTPS, POSTGRES, REDIS, SSH = 80, 443, 5432, 6379, 22


@dataclass(frozen=True)
class Group:
    """An endpoint inside the VPC, with its own security group."""

    name: str


@dataclass(frozen=True)
class Cidr:
    """An endpoint outside the VPC, by address block."""

    block: str
    name: str


@dataclass(frozen=True)
class PrefixList:
    """An AWS service behind a gateway endpoint, by AWS-managed prefix list."""

    name: str


End = Group | Cidr | PrefixList

INTERNET = Cidr("0.0.0.0/0", "internet")
ALB, RDS, CACHE, ENDPOINTS, ROTATION, HOST = map(
    Group, ("alb", "rds", "redis", "endpoints", "rotate", "host")
)
S3 = PrefixList("s3")


@dataclass(frozen=True)
class Edge:
    """``source`` may open TCP connections to ``target`` on ``port`` only."""

    source: End
    target: End
    port: int

    @property
    def description(self) -> str:
        """The description of the security group rules."""
        return f"{self.source.name} to {self.target.name} on {self.port}"


def groups_of(edges: Iterable[Edge]) -> tuple[str, ...]:
    """The endpoints that have a security group, each once, in the order of the connections."""
    ends = (end for edge in edges for end in (edge.source, edge.target))
    return tuple(dict.fromkeys(end.name for end in ends if isinstance(end, Group)))


def groups(settings: Settings) -> tuple[str, ...]:
    """The security groups of a stack, by name."""
    return groups_of(edges(settings))


def edges(settings: Settings) -> tuple[Edge, ...]:
    """Every connection a stack allows."""
    return tuple(_edges(settings))


def callees(platform: ContainersSettings, service: str) -> tuple[str, ...]:
    """The services that ``service`` connects to: all others for the gateway, else its ``calls``."""
    if service == platform.gateway:
        return tuple(name for name in platform.services if name != service)
    return tuple(dict.fromkeys(platform.services[service].calls))


def calls(platform: ContainersSettings) -> tuple[tuple[str, str], ...]:
    """Pairs of calling and called service, the gateway first."""
    callers = dict.fromkeys((platform.gateway, *platform.services))
    return tuple((caller, callee) for caller in callers for callee in callees(platform, caller))


def _edges(settings: Settings) -> Iterator[Edge]:
    yield Edge(INTERNET, ALB, HTTPS)
    yield Edge(INTERNET, ALB, HTTP)
    if settings.host:
        yield from _host_edges(settings, settings.host)
    if settings.containers:
        yield from _container_edges(settings, settings.containers)


def _container_edges(settings: Settings, platform: ContainersSettings) -> Iterator[Edge]:
    gateway = platform.gateway
    yield Edge(ALB, Group(gateway), settings.target_port)
    for name, service in platform.services.items():
        here = Group(name)
        if name != gateway:
            yield Edge(Group(gateway), here, service.port)
            for callee in callees(platform, name):
                yield Edge(here, Group(callee), platform.services[callee].port)
        yield from _store_edges(here, service.stores)
        if service.external:
            yield Edge(here, INTERNET, HTTPS)
        yield from _platform_edges(settings, here)
    for name, tool in platform.tools.items():
        yield from _store_edges(Group(name), tool.stores)
        yield from _platform_edges(settings, Group(name))
    if settings.rotated_secret:
        yield Edge(ROTATION, RDS, POSTGRES)
        yield Edge(ROTATION, ENDPOINTS, HTTPS)


def _store_edges(here: Group, stores: Iterable[Store]) -> Iterator[Edge]:
    if "database" in stores:
        yield Edge(here, RDS, POSTGRES)
    if "cache" in stores:
        yield Edge(here, CACHE, REDIS)


def _platform_edges(settings: Settings, here: Group) -> Iterator[Edge]:
    """The AWS services that starting a task needs: image layers, image manifests, secrets, logs."""
    yield Edge(here, S3, HTTPS)
    if settings.network.endpoints:
        yield Edge(here, ENDPOINTS, HTTPS)


def _host_edges(settings: Settings, host: HostSettings) -> Iterator[Edge]:
    yield Edge(ALB, HOST, settings.target_port)
    if host.ssh.enabled:
        for block in host.ssh.allowed_cidrs:
            yield Edge(Cidr(block, block), HOST, SSH)
    yield Edge(HOST, RDS, POSTGRES)
    # Packages, images and third-party APIs are on the Internet; AWS APIs have endpoints where declared.
    yield Edge(HOST, INTERNET, HTTPS)
    # Ubuntu's package archive has no HTTPS; its packages are signed.
    yield Edge(HOST, INTERNET, HTTP)
    yield from _platform_edges(settings, HOST)
