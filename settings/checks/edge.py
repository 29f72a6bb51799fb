"""Checks of the load balancer: its certificate, its routes, and the services behind it."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checks.check import Others
from settings.errors import nearest
from settings.schema.edge import EdgeSettings
from settings.schema.services import ContainersSettings
from settings.schema.stack import Settings


def edge_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the load balancer has a certificate in its region, or a domain to issue one for."""
    edge = settings.edge
    if edge is None:
        return
    if not edge.certificate_arn and not (edge.domain and edge.zone_id):
        yield "edge: neither certificateArn nor (domain, zoneId); HTTP-only listeners are not built"
    if edge.certificate_arn:
        arn, region, account = edge.certificate_arn, settings.region, settings.account_id
        if f":{region}:" not in arn:
            yield f"edge.certificateArn: {arn} is not in {region}; choose a certificate in that region"
        if f":{account}:" not in arn:
            yield f"edge.certificateArn: {arn} is not in account {account}; choose one of that account"


def target_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the load balancer has a target, and that its routes lead to services with a port."""
    edge, platform = settings.edge, settings.containers
    if platform is None:
        if edge is None:
            yield "edge: missing; a host is reached through a load balancer only: declare domain and zoneId"
        elif edge.routes:
            yield "edge.routes: a host is the only target of its load balancer; remove it"
        return
    if edge is None and platform.gateway is not None:
        yield (
            f"edge: missing, but platform.gateway={platform.gateway} names a service for the load balancer; "
            "declare domain and zoneId, or remove gateway"
        )
    if edge is None:
        return
    if platform.gateway is None:
        yield "platform.gateway: missing; name the service that the load balancer forwards requests to"
    yield from _route_problems(edge, platform)


def _route_problems(edge: EdgeSettings, platform: ContainersSettings) -> Iterator[str]:
    taken: dict[int, str] = {}
    for name, route in edge.routes.items():
        where = f"edge.routes.{name}"
        service = platform.services.get(name)
        if service is None:
            hint = nearest(name, tuple(platform.services))
            yield f"{where}: is not a declared service{hint or '; remove it'}"
        elif name == platform.gateway:
            yield f"{where}: is the gateway, which gets every request that no route matches; remove it"
        elif service.port is None:
            yield f"{where}: the service has no port; add port, or remove the route"
        if not route.hosts and not route.paths:
            yield f"{where}: has neither hosts nor paths; add one of them"
        if route.priority in taken:
            yield f"{where}.priority={route.priority}: is that of {taken[route.priority]}; choose another"
        taken.setdefault(route.priority, name)
