"""Describes parts, resources, connections, open ports and subnets from the declaration and the state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ops.core.aws_state import AwsState
from ops.core.updater import Deployed
from report.collect.parts import INBOUND, OUTBOUND, PartOf, end_id, parts
from report.schema import Architecture, Connection, OpenPort, Resource, Subnet
from settings import Settings
from settings.connections import Cidr, declared_connections

_TIERS = ("public", "private", "isolated")


def architecture(settings: Settings, deployed: Iterable[Deployed], subnets: Iterable[Subnet]) -> Architecture:
    """The architecture of a stack; without resources and subnets that which its stack file declares."""
    part_of = PartOf(settings)
    resources = tuple(
        Resource(
            name=one.name,
            type=one.type,
            # What `random` creates has a secret value or "none" as its ID.
            id=one.id if one.type.startswith("aws:") else "",
            part=part_of(one.name),
            protected=one.protect,
        )
        for one in deployed
    )
    return Architecture(
        vpc_cidr=str(settings.network.cidr),
        subnets=tuple(subnets),
        parts=parts(settings, (one.name for one in resources)),
        resources=resources,
        connections=connections(settings),
        open_ports=tuple(_open_ports(settings)),
    )


def connections(settings: Settings) -> tuple[Connection, ...]:
    """Every declared connection between parts; those from the Internet to the workload are marked."""
    found = [
        (end_id(one.source, inwards=True), end_id(one.target, inwards=False), one.port)
        for one in declared_connections(settings)
    ]
    entry = {target for source, target, _ in found if source == INBOUND}
    return tuple(
        Connection(source=source, target=target, port=port, from_internet=source in {INBOUND, *entry})
        for source, target, port in dict.fromkeys(found)
    )


def _open_ports(settings: Settings) -> Iterator[OpenPort]:
    """The ports of every part of the stack, those that are open to addresses outside the VPC first."""
    sources: dict[tuple[str, int], list[str]] = defaultdict(list)
    public: set[tuple[str, int]] = set()
    for one in declared_connections(settings):
        if isinstance(one.target, Cidr):
            continue
        port = end_id(one.target, inwards=False), one.port
        sources[port].append(end_id(one.source, inwards=True))
        if isinstance(one.source, Cidr):
            public.add(port)
    for port in sorted(sources, key=lambda one: (one not in public, one)):
        part, number = port
        if part not in (OUTBOUND, "s3"):
            yield OpenPort(
                part=part,
                port=number,
                sources=tuple(dict.fromkeys(sources[port])),
                public=port in public,
            )


def subnets(settings: Settings, aws: AwsState) -> Iterator[Subnet]:
    """The subnets in AWS whose address block is one of the declared tiers'."""
    found = aws.in_vpc("describe_subnets", "Subnets")
    for tier in _TIERS:
        for one in sorted(found, key=lambda subnet: subnet["AvailabilityZone"]):
            zone, cidr = one["AvailabilityZone"], one["CidrBlock"]
            if settings.network.subnet_cidr(tier, zone) == cidr:
                yield Subnet(tier=tier, zone=zone, cidr=cidr)
