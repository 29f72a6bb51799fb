"""Lists every network connection that a stack allows; each becomes a pair of security group rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from settings.schema.services import ContainersSettings, HostSettings, Store
from settings.schema.stack import Settings

HTTP, HTTPS, POSTGRES, REDIS, SSH = 80, 443, 5432, 6379, 22


@dataclass(frozen=True)
class SecurityGroup:
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


Endpoint = SecurityGroup | Cidr | PrefixList

INTERNET = Cidr("0.0.0.0/0", "internet")
ALB, RDS, CACHE, ENDPOINTS, ROTATION, HOST = map(
    SecurityGroup, ("alb", "rds", "redis", "endpoints", "rotate", "host")
)
RESTORED, RESTORE_CHECK = SecurityGroup("restored-rds"), SecurityGroup("check-restored")
S3 = PrefixList("s3")


@dataclass(frozen=True)
class Connection:
    """``source`` may open TCP connections to ``target`` on ``port`` only."""

    source: Endpoint
    target: Endpoint
    port: int

    @property
    def description(self) -> str:
        """The description of the security group rules."""
        return f"{self.source.name} to {self.target.name} on {self.port}"


def security_groups_of(declared_connections: Iterable[Connection]) -> tuple[str, ...]:
    """The endpoints that have a security group, each once, in the order of the connections."""
    ends = (end for connection in declared_connections for end in (connection.source, connection.target))
    return tuple(dict.fromkeys(end.name for end in ends if isinstance(end, SecurityGroup)))


def security_groups(settings: Settings) -> tuple[str, ...]:
    """The security groups of a stack, by name."""
    return security_groups_of(declared_connections(settings))


def declared_connections(settings: Settings) -> tuple[Connection, ...]:
    """Every connection a stack allows."""
    return tuple(_connections(settings))


def callees(platform: ContainersSettings, service: str) -> tuple[str, ...]:
    """The services that ``service`` connects to: all others with a port for the gateway, else ``calls``."""
    if service == platform.gateway:
        return tuple(
            name for name, other in platform.services.items() if name != service and other.port is not None
        )
    return tuple(dict.fromkeys(platform.services[service].calls))


def calls(platform: ContainersSettings) -> tuple[tuple[str, str], ...]:
    """Pairs of calling and called service, the gateway first."""
    first = (platform.gateway,) if platform.gateway is not None else ()
    callers = dict.fromkeys((*first, *platform.services))
    return tuple((caller, callee) for caller in callers for callee in callees(platform, caller))


def _connections(settings: Settings) -> Iterator[Connection]:
    for source in _clients(settings):
        yield Connection(source, ALB, HTTPS)
        yield Connection(source, ALB, HTTP)
    if settings.host:
        yield from _host_connections(settings, settings.host)
    if settings.containers:
        yield from _container_connections(settings, settings.containers)
    if settings.backup:
        # A restored database is reached by the function that checks it, and by nothing else.
        yield Connection(RESTORE_CHECK, RESTORED, POSTGRES)
        if settings.encrypting_secret:
            yield Connection(RESTORE_CHECK, ENDPOINTS, HTTPS)


def _clients(settings: Settings) -> tuple[Cidr, ...]:
    """The networks that connect to the load balancer."""
    if settings.edge is None:
        return ()
    if not settings.edge.internal:
        return (INTERNET,)
    return tuple(Cidr(str(block), str(block)) for block in (settings.network.cidr, *settings.network.peers))


def _container_connections(settings: Settings, platform: ContainersSettings) -> Iterator[Connection]:
    gateway = platform.gateway
    for name, port in settings.targets.items():
        yield Connection(ALB, SecurityGroup(name), port)
    for name, service in platform.services.items():
        here = SecurityGroup(name)
        if name != gateway:
            if gateway is not None and service.port is not None:
                yield Connection(SecurityGroup(gateway), here, service.port)
            for callee in callees(platform, name):
                port = platform.services[callee].port
                if port is not None:
                    yield Connection(here, SecurityGroup(callee), port)
        yield from _store_connections(here, service.stores)
        if service.external:
            yield Connection(here, INTERNET, HTTPS)
        yield from _platform_connections(settings, here)
    for name, tool in platform.tools.items():
        yield from _store_connections(SecurityGroup(name), tool.stores)
        yield from _platform_connections(settings, SecurityGroup(name))
    if settings.rotated_secret:
        yield Connection(ROTATION, RDS, POSTGRES)
        yield Connection(ROTATION, ENDPOINTS, HTTPS)


def _store_connections(here: SecurityGroup, stores: Iterable[Store]) -> Iterator[Connection]:
    if "database" in stores:
        yield Connection(here, RDS, POSTGRES)
    if "cache" in stores:
        yield Connection(here, CACHE, REDIS)


def _platform_connections(settings: Settings, here: SecurityGroup) -> Iterator[Connection]:
    """The AWS services that starting a task needs: image layers, image manifests, secrets, logs."""
    yield Connection(here, S3, HTTPS)
    if settings.network.endpoints:
        yield Connection(here, ENDPOINTS, HTTPS)


def _host_connections(settings: Settings, host: HostSettings) -> Iterator[Connection]:
    yield Connection(ALB, HOST, host.port)
    if host.ssh.enabled:
        for block in host.ssh.allowed_cidrs:
            yield Connection(Cidr(block, block), HOST, SSH)
    if settings.database:
        yield Connection(HOST, RDS, POSTGRES)
    # Packages, images and third-party APIs are on the Internet; AWS APIs have endpoints where declared.
    yield Connection(HOST, INTERNET, HTTPS)
    # Ubuntu's package archive has no HTTPS; its packages are signed.
    yield Connection(HOST, INTERNET, HTTP)
    yield from _platform_connections(settings, HOST)
