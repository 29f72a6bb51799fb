"""Builds one component on mocks, with stand-ins for the components it is connected to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pulumi

from components.audit import Audit, AuditArgs
from components.data import Backup, BackupArgs, Database, DatabaseArgs
from components.kms import Keys, KeysArgs
from components.monitoring import Ages, AgesArgs
from components.network import (
    Connections,
    ConnectionsArgs,
    Endpoints,
    EndpointsArgs,
    Network,
    NetworkArgs,
    Placement,
)
from settings import Settings, read_stack_file
from settings.connections import declared_connections
from settings.grants import grants
from settings.kms_purposes import kms_purposes
from settings.schema.audit import AuditSettings
from tests.components import stand_ins
from tests.harness import Deployment, deploy

ZONES = ("a", "b", "c")
CODE = pulumi.AssetArchive({"handler.py": pulumi.StringAsset("")})


def build(program: Callable[[], Any], *, preview: bool = False) -> Deployment:
    """Run a program that constructs one component; return what it registered, and its outputs.

    :class:`AssertionError` where the program constructs a second component: pass a stand-in instead.
    """

    def run() -> Any:
        returned = program()
        return None if isinstance(returned, pulumi.Resource) else returned

    deployment = deploy(run, preview=preview)
    # The types from the outermost parent down to the resource itself; a stand-in has no children.
    chains = [one.urn.split("::")[2].split("$") for one in deployment.resources]
    built = {chain[0] for chain in chains if len(chain) > 1}
    assert len(built) <= 1, f"builds {len(built)} components: {', '.join(sorted(built))}"
    return deployment


def with_secret(settings: Settings, key: str, **fields: Any) -> Settings:
    """The same stack with other fields of one secret."""
    changed = settings.secrets[key].model_copy(update=fields)
    return settings.model_copy(update={"secrets": {**settings.secrets, key: changed}})


def with_service(settings: Settings, service: str, **fields: Any) -> Settings:
    """The same stack with other fields of one service."""
    changed = settings.services[service].model_copy(update=fields)
    platform = settings.platform.model_copy(update={"services": {**settings.services, service: changed}})
    return settings.model_copy(update={"platform": platform})


def protected(settings: Settings) -> pulumi.ResourceOptions:
    """The resource options of what production protects."""
    return pulumi.ResourceOptions(protect=settings.environment.production)


@cache
def keys(stack: str = "prod") -> Deployment:
    """The keys."""
    settings = read_stack_file(stack)
    args = KeysArgs(
        names=settings.names,
        grants=grants(settings),
        host_roles=settings.host_roles,
        purposes=kms_purposes(settings),
    )
    return build(lambda: Keys("keys", args, protected(settings)))


@cache
def audit(stack: str = "prod") -> Deployment:
    """The audit."""
    declared = read_stack_file(stack).audit
    assert declared is not None
    return audit_of(declared, stack)


def audit_of(declared: AuditSettings, stack: str = "prod") -> Deployment:
    """The audit of a stack with settings of its own."""
    settings = read_stack_file(stack)
    return build(
        lambda: Audit(
            "audit",
            AuditArgs(names=settings.names, settings=declared, keys=stand_ins.keys()),
            protected(settings),
        )
    )


@cache
def network(stack: str = "prod", **fields: Any) -> Deployment:
    """The network in the first zones of its region, with other ``fields`` of its settings."""
    settings = read_stack_file(stack)
    declared = settings.network.model_copy(update=fields)
    zones = [f"{settings.region}{letter}" for letter in ZONES[: declared.azs]]
    return build(
        lambda: Network(
            "network",
            NetworkArgs(names=settings.names, settings=declared, zones=zones, keys=stand_ins.keys()),
        )
    )


@cache
def connections(stack: str = "prod") -> Deployment:
    """The security groups."""
    return connections_of(read_stack_file(stack))


def connections_of(settings: Settings) -> Deployment:
    """The security groups of any settings."""
    args = ConnectionsArgs(
        names=settings.names,
        vpc_id="vpc-1",
        connections=declared_connections(settings),
        prefix_list_ids={"s3": "pl-s3"},
    )
    return build(lambda: Connections("connections", args, protected(settings)))


@cache
def endpoints(stack: str = "prod") -> Deployment:
    """The endpoints, in a network of as many zones as the stack has."""
    settings = read_stack_file(stack)
    private = Placement("vpc-1", [f"private-{letter}" for letter in ZONES[: settings.network.azs]])
    network = stand_ins.standing_in(vpc_id="vpc-1", private=private, private_route_table_ids=["rtb-private"])
    args = EndpointsArgs(
        names=settings.names,
        settings=settings.network,
        network=network,
        connections=stand_ins.standing_in(group_ids={"endpoints": "sg-endpoints"}),
    )
    return build(lambda: Endpoints("endpoints", args))


@cache
def database(stack: str = "prod", **fields: Any) -> Deployment:
    """The database, with other ``fields`` of its settings."""
    settings = read_stack_file(stack)
    assert settings.database is not None
    declared = settings.database.model_copy(update=fields)
    passwords = [declared.password_secret] if declared.password_secret else []
    return build(
        lambda: Database(
            "database",
            DatabaseArgs(
                names=settings.names,
                settings=declared,
                placement=stand_ins.ISOLATED,
                security_group_id="sg-rds",
                keys=stand_ins.keys(),
                backed_up=settings.backup is not None,
                values={secret: pulumi.Output.secret("a password") for secret in passwords},
            ),
            protected(settings),
        )
    )


@cache
def backup(stack: str = "prod") -> Deployment:
    """The backups of the database, and their restore test."""
    return backup_of(read_stack_file(stack))


def backup_of(settings: Settings) -> Deployment:
    """The backups of any settings."""
    declared = settings.backup
    assert declared is not None
    assert settings.database is not None
    database = stand_ins.standing_in(
        arn="arn:aws:rds:eu-west-1:111122223333:db:rds",
        database_name=settings.database.name,
        subnet_group_name="isolated",
        parameter_group_name="postgres17",
    )
    stored = [entry.store_name for entry in grants(settings).entries]
    args = BackupArgs(
        names=settings.names,
        settings=declared,
        administrators=settings.administrators,
        database=database,
        encrypting=settings.encrypting_secret,
        secret_arns={name: stand_ins.secret_arn(name) for name in stored},
        placement=stand_ins.ISOLATED,
        security_group_ids={"restored-rds": "sg-restored", "check-restored": "sg-check"},
        keys=stand_ins.keys(),
        log_days=settings.monitoring.log_days,
        code=dict.fromkeys(("check_restored_database", "validate_restore"), CODE),
    )
    return build(lambda: Backup("backup", args, protected(settings)))


@cache
def ages(stack: str = "prod") -> Deployment:
    """The function that publishes ages."""
    settings = read_stack_file(stack)
    args = AgesArgs(
        names=settings.names,
        entries=grants(settings).entries,
        database="rds",
        restore_tests=settings.backup is not None,
        keys=stand_ins.keys(),
        log_days=settings.monitoring.log_days,
        code=CODE,
    )
    return build(lambda: Ages("ages", args))
