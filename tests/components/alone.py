"""One component of a shipped stack at a time, on mocks, with stand-ins for what it is connected to."""

from __future__ import annotations

from functools import cache
from typing import Any

import pulumi

from components.audit import Audit, AuditArgs
from components.data import Database, DatabaseArgs
from components.kms import Keys, KeysArgs
from components.network import (
    Connections,
    ConnectionsArgs,
    Endpoints,
    EndpointsArgs,
    Network,
    NetworkArgs,
    Placement,
)
from components.secrets import Secrets, SecretsArgs, Values, ValuesArgs
from settings import Settings, read_stack_file
from settings.connections import declared_connections
from settings.grants import grants
from tests.harness import Deployment, deploy

ISOLATED = Placement("vpc-1", ["isolated-a", "isolated-b"])
ZONES = ("a", "b", "c")


def with_secret(settings: Settings, key: str, **fields: Any) -> Settings:
    """The same stack with other fields of one secret."""
    changed = settings.secrets[key].model_copy(update=fields)
    return settings.model_copy(update={"secrets": {**settings.secrets, key: changed}})


def protected(settings: Settings) -> pulumi.ResourceOptions:
    """The options of what production protects."""
    return pulumi.ResourceOptions(protect=settings.environment.production)


def make_keys(settings: Settings) -> Keys:
    """The keys of a stack, which most components need."""
    return Keys(
        "keys",
        KeysArgs(
            names=settings.names,
            grants=grants(settings),
            host_roles=settings.host_roles,
            audit=settings.audit is not None,
        ),
        protected(settings),
    )


def make_network(settings: Settings) -> Network:
    """The network of a stack, in the first zones of its region."""
    zones = [f"{settings.region}{letter}" for letter in ZONES[: settings.network.azs]]
    return Network(
        "network",
        NetworkArgs(names=settings.names, settings=settings.network, zones=zones, keys=make_keys(settings)),
    )


def make_connections(settings: Settings) -> Connections:
    """The security groups of a stack."""
    return Connections(
        "connections",
        ConnectionsArgs(
            names=settings.names,
            vpc_id="vpc-1",
            connections=declared_connections(settings),
            prefix_list_ids={"s3": "pl-s3"},
        ),
        protected(settings),
    )


@cache
def keys(stack: str = "prod") -> Deployment:
    """The keys."""
    return deploy(lambda: make_keys(read_stack_file(stack)) and None)


@cache
def audit(stack: str = "prod") -> Deployment:
    """The audit."""
    settings = read_stack_file(stack)
    assert settings.audit is not None
    declared = settings.audit

    def program() -> None:
        args = AuditArgs(names=settings.names, settings=declared, keys=make_keys(settings))
        Audit("audit", args, protected(settings))

    return deploy(program)


@cache
def network(stack: str = "prod", **fields: Any) -> Deployment:
    """The network, with other ``fields`` of its settings."""
    settings = read_stack_file(stack)
    changed = settings.model_copy(update={"network": settings.network.model_copy(update=fields)})
    return deploy(lambda: make_network(changed) and None)


@cache
def connections(stack: str = "prod") -> Deployment:
    """The security groups."""
    return connections_of(read_stack_file(stack))


def connections_of(settings: Settings) -> Deployment:
    """The security groups of any settings."""
    return deploy(lambda: make_connections(settings) and None)


@cache
def endpoints(stack: str = "prod") -> Deployment:
    """The endpoints, in the network and with the security groups of their stack."""
    settings = read_stack_file(stack)

    def program() -> None:
        Endpoints(
            "endpoints",
            EndpointsArgs(
                names=settings.names,
                settings=settings.network,
                network=make_network(settings),
                connections=make_connections(settings),
            ),
        )

    return deploy(program)


@cache
def database(stack: str = "prod") -> Deployment:
    """The database."""
    settings = read_stack_file(stack)

    def program() -> None:
        Database(
            "database",
            DatabaseArgs(
                names=settings.names,
                settings=settings.database,
                placement=ISOLATED,
                security_group_id="sg-rds",
                keys=make_keys(settings),
                values={},
            ),
            protected(settings),
        )

    return deploy(program)


@cache
def secrets(stack: str = "prod") -> Deployment:
    """The secret values and their stores."""
    return secrets_of(read_stack_file(stack))


def secrets_of(settings: Settings) -> Deployment:
    """The secret values and their stores of any settings."""

    def program() -> dict[str, Any]:
        values = Values("values", ValuesArgs(secrets=settings.secrets, supplied={}))
        url = {settings.cache.url_secret: pulumi.Output.secret("rediss://stand-in")} if settings.cache else {}
        stored = Secrets(
            "secrets",
            SecretsArgs(
                names=settings.names,
                grants=grants(settings),
                values=values,
                key_arn=make_keys(settings).arns["secrets"],
                urls=url,
            ),
            protected(settings),
        )
        return {"arns": stored.arns, "ready": [one.urn for one in stored.ready]}

    return deploy(program)
