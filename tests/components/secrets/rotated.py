"""The rotation of production's database URL alone, with stand-ins for the network and the services."""

from __future__ import annotations

from functools import cache
from typing import Any

import pulumi

from components.data import Database, DatabaseArgs
from components.kms import Keys, KeysArgs
from components.network import Placement
from components.secrets import (
    ReaderRedeploy,
    ReaderRedeployArgs,
    Rotation,
    RotationArgs,
    Secrets,
    SecretsArgs,
    Values,
    ValuesArgs,
)
from settings import read_stack_file
from settings.grants import grants
from tests.harness import Deployment, deploy

READERS = ("system", "storage", "user", "ai-config", "ai-content", "ai-analytics", "music")
ISOLATED = Placement("vpc-1", ["isolated-a", "isolated-b"])
GROUP = "sg-rotate"


@cache
def rotated() -> Deployment:
    """The secret, its database, the rotation, and the redeployment of its readers."""
    return deploy(declare)


def declare() -> dict[str, Any]:
    """Construct the two components and what they are connected to; the URNs that a reader waits for."""
    settings = read_stack_file("prod")
    names, access = settings.names, grants(settings)
    assert settings.cache is not None
    url = {settings.cache.url_secret: pulumi.Output.secret("rediss://stand-in")}
    values = Values("values", ValuesArgs(secrets=settings.secrets, supplied={}))
    keys = Keys("keys", KeysArgs(names=names, grants=access))
    database = Database(
        "database",
        DatabaseArgs(
            names=names,
            settings=settings.database,
            placement=ISOLATED,
            security_group_id="sg-rds",
            keys=keys,
            values={},
        ),
    )
    secrets = Secrets(
        "secrets",
        SecretsArgs(names=names, grants=access, values=values, key_arn=keys.arns["secrets"], urls=url),
    )
    assert settings.rotated_secret is not None
    rotation = Rotation(
        "rotation",
        RotationArgs(
            names=names,
            secret=settings.rotated_secret,
            secrets=secrets,
            database=database,
            database_name=settings.database.name,
            placement=ISOLATED,
            security_group_id=GROUP,
            keys=keys,
            log_days=settings.monitoring.log_days,
            code=pulumi.AssetArchive({}),
        ),
    )
    ReaderRedeploy(
        "rotation",
        ReaderRedeployArgs(
            names=names,
            rotation=rotation,
            cluster_name=names.part(names.environment),
            readers={reader: names.part(reader) for reader in READERS},
            keys=keys,
            log_days=settings.monitoring.log_days,
            code=pulumi.AssetArchive({}),
        ),
    )
    return {"ready": [one.urn for one in rotation.ready]}
