"""The models of what a stack consists of: parts, their resources, connections, ports and subnets."""

from __future__ import annotations

from typing import Literal

from report.schema.base import Model

Tier = Literal["outside", "public", "private", "isolated", "regional"]


class Part(Model):
    """One part of the stack: a service, a data store, or a component without a place in the network."""

    id: str
    title: str
    description: str
    tier: Tier
    """The subnets it is in; ``outside`` the VPC; ``regional`` where it has no place in the network."""
    drawn: bool = False
    """Whether it is an end of a connection, and so has a place in the picture of the architecture."""
    url: str = ""
    """Its public URL, where it has one."""


class Resource(Model):
    """One deployed resource of AWS."""

    name: str
    """Its name in the Pulumi program."""
    type: str
    """Its type in the Pulumi program, such as ``aws:ec2/vpc:Vpc``."""
    id: str = ""
    """Its ID in AWS; empty for what exists in the state only."""
    part: str
    """The ID of its part."""
    protected: bool = False
    """Whether Pulumi refuses to delete it."""


class Connection(Model):
    """A TCP connection that security groups allow; everything else is denied."""

    source: str
    """The ID of the part that opens it."""
    target: str
    """The ID of the part that accepts it."""
    port: int
    from_internet: bool = False
    """Whether it is on the way from the Internet to the application: the first steps inwards."""


class OpenPort(Model):
    """A port on which a part accepts connections, and from whom."""

    part: str
    port: int
    sources: tuple[str, ...]
    """IDs of parts, or address blocks."""
    public: bool
    """Whether an address outside the VPC may connect."""


class Subnet(Model):
    """One subnet."""

    tier: Literal["public", "private", "isolated"]
    zone: str
    cidr: str


class Architecture(Model):
    """The parts of a stack and what may connect to what."""

    vpc_cidr: str
    subnets: tuple[Subnet, ...]
    parts: tuple[Part, ...]
    resources: tuple[Resource, ...]
    connections: tuple[Connection, ...]
    open_ports: tuple[OpenPort, ...]
