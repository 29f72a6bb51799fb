"""Estimates the price of declared resources; what has no price is listed, and never counted as zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ops.cost.prices import Prices
from settings.schema.stack import Settings

HOURS = 730
"""The hours of a month, as AWS's calculator counts them."""
NOTHING_OF_AWS = ("pulumi:", "random:", "strongroom:")
COPIES = {True: 2, False: 1}
"""How many instances a database has, by whether it is in two zones."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One declared resource."""

    type: str
    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One kind of cost: how much of what, at which price."""

    what: str
    quantity: float
    unit: str
    price: float

    @property
    def month(self) -> float:
        """USD in a month."""
        return self.quantity * self.price


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What is known about a stack's cost, and what is not."""

    lines: tuple[Line, ...]
    by_use: Mapping[str, str]
    """Number of resources that are charged by use, with what is counted, by type."""
    unpriced: tuple[str, ...]
    """Types and names of the resources for which the table has no price."""

    @property
    def month(self) -> float:
        """USD in a month, of the priced part."""
        return sum(line.month for line in self.lines)


def estimate(settings: Settings, resources: Iterable[Declared], prices: Prices) -> Estimate:
    """Price the resources of a stack, its services with the least number of tasks."""
    found = [one for one in resources if not one.type.startswith(NOTHING_OF_AWS)]
    lines: list[Line] = []
    unpriced: list[str] = []
    for one in found:
        priced = list(_priced(settings, one, prices))
        lines += [line for line in priced if isinstance(line, Line)]
        unpriced += [line for line in priced if isinstance(line, str)]
        known = priced or one.type in prices.by_use or one.type.startswith(prices.free)
        if not known:
            unpriced.append(f"{one.type} {one.name}")
    used = Counter(one.type for one in found if one.type in prices.by_use)
    return Estimate(
        lines=tuple(_together([*lines, *_tasks(settings, prices)])),
        by_use={type_: f"{number}: {prices.by_use[type_]}" for type_, number in sorted(used.items())},
        unpriced=tuple(sorted(unpriced)),
    )


_EACH: Mapping[str, tuple[str, str, float, str]] = {
    "aws:ec2/eip:Eip": ("public IPv4 addresses", "public_address_hour", HOURS, "hours"),
    "aws:ec2/natGateway:NatGateway": ("NAT gateways", "nat_gateway_hour", HOURS, "hours"),
    "aws:kms/key:Key": ("KMS keys", "kms_key", 1, "keys"),
    "aws:lb/loadBalancer:LoadBalancer": ("load balancers", "load_balancer_hour", HOURS, "hours"),
    "aws:secretsmanager/secret:Secret": ("secrets", "secret", 1, "secrets"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ("composite alarms", "composite_alarm", 1, "alarms"),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboards", "dashboard", 1, "dashboards"),
}
"""Types of which each resource costs the same: what, price, quantity and unit."""
_BY_SETTINGS = ("aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition")
"""Types that are priced as the tasks of the stack file: a declared service may have no image yet."""


def _priced(settings: Settings, one: Declared, prices: Prices) -> Iterator[Line | str]:
    """The lines of one resource; a text where its class has no price."""
    given = one.inputs
    if one.type in _EACH:
        what, price, quantity, unit = _EACH[one.type]
        yield _line(what, quantity, unit, prices.flat(price))
    elif one.type in _BY_SETTINGS:
        yield _line("", 0, "", 0)
    elif one.type == "aws:ec2/vpcEndpoint:VpcEndpoint":
        zones = len(given.get("subnetIds") or ()) if given.get("vpcEndpointType") == "Interface" else 0
        price = prices.flat("interface_endpoint_hour")
        yield _line("interface endpoints", zones * HOURS, "zone hours", price)
    elif one.type == "aws:cloudwatch/metricAlarm:MetricAlarm":
        queries = given.get("metricQueries") or ()
        metrics = sum("metric" in query for query in queries) or 1
        # An anomaly detection alarm is charged as three metrics.
        band = 3 if given.get("thresholdMetricId") else metrics
        yield _line("alarms", band, "metrics", prices.flat("alarm_metric"))
    elif one.type == "aws:wafv2/webAcl:WebAcl":
        yield _line("web ACLs", 1, "ACLs", prices.flat("web_acl"))
        yield _line("web ACL rules", len(given.get("rules") or ()), "rules", prices.flat("web_acl_rule"))
    elif one.type == "aws:rds/instance:Instance":
        copies = COPIES[bool(given.get("multiAz"))]
        yield _classed(one, prices, "database_hour", given.get("instanceClass"), copies, "database")
        storage = copies * float(given.get("allocatedStorage") or 0)
        yield _line("database storage", storage, "GiB", prices.flat("database_storage_gib"))
    elif one.type == "aws:elasticache/replicationGroup:ReplicationGroup":
        nodes = int(given.get("numCacheClusters") or 1)
        yield _classed(one, prices, "cache_hour", given.get("nodeType"), nodes, "cache")
    elif one.type == "aws:autoscaling/group:Group" and settings.host is not None:
        yield _classed(one, prices, "instance_hour", settings.host.instance_type, 1, "host")
        yield _line("volumes", settings.host.volume_gib, "GiB", prices.flat("volume_gib"))
    elif one.type == "aws:ec2/launchTemplate:LaunchTemplate":
        yield _line("", 0, "", 0)


def _classed(
    one: Declared, prices: Prices, name: str, kind: str | None, number: int, what: str
) -> Line | str:
    price = prices.of(name, kind)
    if price is None:
        return f"{one.type} {one.name} ({kind})"
    return _line(f"{what} {kind}", number * HOURS, "hours", price)


def _tasks(settings: Settings, prices: Prices) -> Iterator[Line]:
    """The tasks of services at their least number, as the stack file declares them."""
    platform = settings.containers
    if platform is None:
        return
    processor = prices.flat("vcpu_hour", platform.architecture)
    memory = prices.flat("memory_gib_hour", platform.architecture)
    for service in platform.services.values():
        hours = service.min_tasks * HOURS
        yield _line("Fargate CPU, at minTasks", hours * service.cpu / 1024, "vCPU hours", processor)
        yield _line("Fargate memory, at minTasks", hours * service.memory_mib / 1024, "GiB hours", memory)


def _line(what: str, quantity: float, unit: str, price: float) -> Line:
    return Line(what=what, quantity=quantity, unit=unit, price=price)


def _together(lines: Iterable[Line]) -> Iterator[Line]:
    """One line for each kind and price, the most expensive first."""
    sums: dict[tuple[str, str, float], float] = {}
    for line in lines:
        if line.quantity:
            key = (line.what, line.unit, line.price)
            sums[key] = sums.get(key, 0) + line.quantity
    found = [_line(what, quantity, unit, price) for (what, unit, price), quantity in sums.items()]
    yield from sorted(found, key=lambda line: -line.month)
