"""Names the parts of a stack: the ends of its connections, and the components without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from report.schema import Part, Tier
from settings import Settings
from settings.connections import (
    ALB,
    CACHE,
    ENDPOINTS,
    HOST,
    INTERNET,
    RDS,
    RESTORE_CHECK,
    RESTORED,
    ROTATION,
    S3,
    Cidr,
    Endpoint,
    declared_connections,
)

INBOUND, OUTBOUND = "internet", "internet-out"
"""The two places of the Internet in the picture: callers of the application, and what it calls."""


class _About(NamedTuple):
    title: str
    tier: Tier
    description: str


_COMPONENTS: dict[str, _About] = {
    "edge": _About("Load balancer", "public", "ends TLS, filters requests with AWS WAF, logs every request"),
    "host": _About("Host", "private", "the docker-compose host, in an Auto Scaling group"),
    "database": _About("PostgreSQL", "isolated", "the RDS instance of the application"),
    "cache": _About("Valkey", "isolated", "the ElastiCache replication group"),
    "rotation": _About(
        "Rotation function", "isolated", "changes the database password, and redeploys its readers"
    ),
    "endpoints": _About("VPC endpoints", "private", "private addresses of AWS services, with TLS"),
    "backup": _About("Restore check", "isolated", "backups, their copies, and the function that tests them"),
    "restored": _About("Restored database", "isolated", "exists only while a restore is tested"),
    "network": _About("Network", "regional", "VPC, subnets, routes, NAT gateways, flow log"),
    "connections": _About("Security groups", "regional", "one rule on each side of every connection"),
    "containers": _About("ECS cluster", "regional", "the cluster that the services run in"),
    "registry": _About("Image registry", "regional", "one ECR repository for each service"),
    "secrets": _About("Secrets", "regional", "every declared secret in its store, with its policy"),
    "values": _About("Secret values", "regional", "the seeds of generated values, in encrypted state only"),
    "keys": _About("KMS keys", "regional", "one customer managed key for each purpose"),
    "parameters": _About("Host parameters", "regional", "plain configuration that the host reads"),
    "refresh": _About("Host refresh", "regional", "updates the host when a parameter changes"),
    "sessions": _About("Session Manager", "regional", "recorded shell sessions on the host"),
    "patching": _About("Patching", "regional", "installs security updates on the host"),
    "buckets": _About("Buckets", "regional", "the application's own S3 buckets"),
    "queues": _About("Queues", "regional", "the application's SQS queues, each with its dead-letter queue"),
    "schedules": _About("Schedules", "regional", "tasks that EventBridge Scheduler starts"),
    "delivery": _About(
        "Deploy role", "regional", "the role of the application's pipeline, without static keys"
    ),
    "contract": _About("Deploy contract", "regional", "what pipelines read: outputs and parameters"),
    "audit": _About("Audit", "regional", "CloudTrail, Config, GuardDuty, analyzers, account defaults"),
    "monitoring": _About("Monitoring", "regional", "alarms, event rules, log filters, masking, dashboard"),
    "topics": _About("Alarm topics", "regional", "the encrypted SNS topics that alarms notify"),
    "ages": _About("Ages", "regional", "publishes the ages of secrets and backups as metrics"),
    "aws": _About("AWS provider", "regional", "the provider of every resource"),
}
"""The components of ``__main__.py`` by name."""

_ENDS = {
    ALB.name: "edge",
    HOST.name: "host",
    RDS.name: "database",
    CACHE.name: "cache",
    ROTATION.name: "rotation",
    ENDPOINTS.name: "endpoints",
    RESTORE_CHECK.name: "backup",
    RESTORED.name: "restored",
}
_SPLIT = ("containers", "connections", "registry")
"""Components whose resources belong to the service in their name."""


def end_id(end: Endpoint, *, inwards: bool) -> str:
    """The part of an end of a connection; ``inwards`` where it opens the connection."""
    if end == INTERNET:
        return INBOUND if inwards else OUTBOUND
    return end.block if isinstance(end, Cidr) else _ENDS.get(end.name, end.name)


def parts(settings: Settings, names: Iterable[str]) -> tuple[Part, ...]:
    """Every part of the stack, those on the way of a request first; ``names`` are of its resources."""
    found = {one.id: one for one in _drawn(settings)}
    part_of = PartOf(settings)
    used = {part_of(name) for name in names}
    for component, about in _COMPONENTS.items():
        if component in used and component not in found:
            found[component] = Part(id=component, **about._asdict())
    for component in sorted(used - found.keys()):
        title = component.capitalize()
        found[component] = Part(
            id=component, title=title, tier="regional", description="a component of the stack"
        )
    return tuple(found.values())


def _drawn(settings: Settings) -> Iterator[Part]:
    ends = dict.fromkeys(
        (end, inwards)
        for connection in declared_connections(settings)
        for end, inwards in ((connection.source, True), (connection.target, False))
    )
    for end, inwards in ends:
        yield _part(settings, end_id(end, inwards=inwards), end)


def _part(settings: Settings, id_: str, end: Endpoint) -> Part:
    if id_ in _COMPONENTS:
        about = _COMPONENTS[id_]
        if id_ == "edge" and (edge := settings.edge):
            tier = "private" if edge.internal else about.tier
            url = f"https://{edge.domain}" if edge.domain else ""
            return Part(id=id_, drawn=True, url=url, **about._replace(tier=tier)._asdict())
        return Part(id=id_, drawn=True, **about._asdict())
    if id_ == INBOUND:
        about = _About("Internet", "outside", "callers of the application")
    elif id_ == OUTBOUND:
        about = _About("Internet egress", "outside", "third-party APIs and packages, through NAT")
    elif end == S3:
        about = _About("Amazon S3", "outside", "image layers, through a gateway endpoint")
    elif isinstance(end, Cidr):
        about = _About(end.block, "outside", "addresses that may connect")
    elif settings.containers and id_ == settings.containers.gateway:
        about = _About(id_, "private", "the gateway: the only service that the load balancer calls")
    elif id_ in settings.tools:
        about = _About(id_, "private", "a tool that runs as a one-off task")
    else:
        about = _About(id_, "private", "an ECS service")
    return Part(id=id_, drawn=True, **about._asdict())


class PartOf:
    """Finds the part of a resource by the resource's name, which begins with its component's."""

    def __init__(self, settings: Settings) -> None:
        workloads = {name: name for name in (*settings.services, *settings.tools)}
        # The longest first: a service may be called as another one is, with a suffix.
        self._ends = sorted({**_ENDS, **workloads}.items(), key=lambda one: len(one[0]), reverse=True)

    def __call__(self, name: str) -> str:
        """The ID of the part that a resource belongs to."""
        component, _, rest = name.partition("-")
        if component in _SPLIT:
            found = (part for end, part in self._ends if rest == end or rest.startswith(f"{end}-"))
            return next(found, component)
        return component
