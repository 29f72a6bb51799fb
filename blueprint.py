"""How each part of the home is joined to the parts before it; ``__main__`` says which parts there are."""

from __future__ import annotations

from pathlib import Path

import pulumi

from aws_lookups import Surroundings
from components.audit.audit import Audit, AuditArgs
from components.data.cache import Cache, CacheArgs
from components.data.database import Database, DatabaseArgs
from components.delivery.delivery import Delivery, DeliveryArgs
from components.edge.edge import Edge, EdgeArgs
from components.kms.keys import Keys, KeysArgs
from components.monitoring.topics import Topics, TopicsArgs
from components.network.network import Network, NetworkArgs
from components.network.security_groups import Connections, ConnectionsArgs
from components.network.vpc_endpoints import Endpoints, EndpointsArgs
from components.secrets.rotation import Rotation, RotationArgs
from components.secrets.secrets import Secrets, SecretsArgs
from components.secrets.values import Values, ValuesArgs
from functions.package import build
from settings.connections import ALB, CACHE, RDS, ROTATION, edges
from settings.grants import grants
from settings.load import in_sandbox
from settings.schema.stack import Settings


class Blueprint:
    """Builds the parts of one stack, each from its settings and the parts it is handed.

    What holds data or keys is protected in production; everything else may be replaced.
    """

    def __init__(
        self, settings: Settings, surroundings: Surroundings, provider: pulumi.ProviderResource
    ) -> None:
        self.settings, self.surroundings = settings, surroundings
        self._names, self._grants = settings.names, grants(settings)
        self.plain = pulumi.ResourceOptions(provider=provider)
        self.precious = pulumi.ResourceOptions(provider=provider, protect=settings.environment.production)

    def values(self, supplied: dict[str, pulumi.Output[str]]) -> Values:
        """Generated secret values beside those that operators supplied."""
        return Values("values", ValuesArgs(secrets=self.settings.secrets, supplied=supplied), self.plain)

    def keys(self) -> Keys:
        """One KMS key a purpose."""
        args = KeysArgs(
            names=self._names,
            grants=self._grants,
            host_roles=self.settings.host_roles,
            audit=self.settings.audit is not None,
        )
        return Keys("keys", args, self.precious)

    def audit(self, keys: Keys) -> Audit | None:
        """The record of who did what, where the stack keeps one; nothing waits for it."""
        if self.settings.audit is None:
            return None
        args = AuditArgs(names=self._names, settings=self.settings.audit, keys=keys)
        return Audit("audit", args, self.precious)

    def network(self, keys: Keys) -> Network:
        """The VPC with its three tiers."""
        args = NetworkArgs(
            names=self._names, settings=self.settings.network, zones=self.surroundings.zones, keys=keys
        )
        return Network("network", args, self.plain)

    def connections(self, network: Network) -> Connections:
        """Security groups with exactly the declared edges."""
        args = ConnectionsArgs(
            names=self._names,
            vpc_id=network.vpc_id,
            edges=edges(self.settings),
            prefix_list_ids=self.surroundings.prefix_list_ids,
        )
        return Connections("connections", args, self.plain)

    def endpoints(self, network: Network, connections: Connections) -> Endpoints:
        """Private ways to AWS's own services."""
        args = EndpointsArgs(
            names=self._names, settings=self.settings.network, network=network, connections=connections
        )
        return Endpoints("endpoints", args, self.plain)

    def topics(self, keys: Keys) -> Topics:
        """Where alarms go, and who hears them."""
        args = TopicsArgs(
            names=self._names, key_arn=keys.arns["alerts"], email=self.settings.monitoring.email
        )
        return Topics("topics", args, self.plain)

    def database(self, network: Network, connections: Connections, keys: Keys, values: Values) -> Database:
        """PostgreSQL in the isolated tier."""
        args = DatabaseArgs(
            names=self._names,
            settings=self.settings.database,
            placement=network.isolated,
            security_group_id=connections.group_ids[RDS.name],
            keys=keys,
            values=values,
        )
        return Database("database", args, self.precious)

    def cache(self, network: Network, connections: Connections, keys: Keys, values: Values) -> Cache | None:
        """Valkey in the isolated tier, where the stack has one."""
        if self.settings.cache is None:
            return None
        args = CacheArgs(
            names=self._names,
            settings=self.settings.cache,
            placement=network.isolated,
            security_group_id=connections.group_ids[CACHE.name],
            keys=keys,
            values=values,
        )
        return Cache("cache", args, self.precious)

    def secrets(self, keys: Keys, values: Values, cache: Cache | None) -> Secrets:
        """Every declared secret in its store."""
        args = SecretsArgs(
            names=self._names,
            grants=self._grants,
            values=values,
            key_arn=keys.arns["secrets"],
            urls=cache.urls if cache else {},
        )
        return Secrets("secrets", args, self.precious)

    def rotation(
        self, network: Network, connections: Connections, keys: Keys, database: Database, secrets: Secrets
    ) -> Rotation | None:
        """The owner of the database URL, where the stack declares one."""
        rotated = [one for one in self.settings.secrets.values() if one.kind == "postgres-url"]
        if not rotated:
            return None
        (secret,) = rotated
        args = RotationArgs(
            names=self._names,
            secret=secret,
            secrets=secrets,
            database=database,
            database_name=self.settings.database.name,
            placement=network.isolated,
            security_group_id=connections.group_ids[ROTATION.name],
            keys=keys,
            log_days=self.settings.monitoring.log_days,
            rotate_code=pulumi.FileArchive(self._package("rotate_database")),
            redeploy_code=pulumi.FileArchive(self._package("redeploy_readers")),
        )
        return Rotation("rotation", args, self.plain)

    @staticmethod
    def _package(function: str) -> str:
        """A path below the program, so that the state holds no path of this machine."""
        return str(build(function, Path("build"), complete=not in_sandbox()))

    def edge(self, network: Network, connections: Connections, keys: Keys) -> Edge:
        """The load balancer behind its firewall."""
        args = EdgeArgs(
            settings=self.settings,
            placement=network.public,
            security_group_id=connections.group_ids[ALB.name],
            keys=keys,
        )
        return Edge("edge", args, self.plain)

    def delivery(self, keys: Keys, secrets: Secrets) -> Delivery | None:
        """The role an application's pipeline takes, where the stack names a repository."""
        if self.settings.delivery is None:
            return None
        args = DeliveryArgs(
            settings=self.settings,
            delivery=self.settings.delivery,
            secret_arns=secrets.arns,
            secrets_key_arn=keys.arns["secrets"],
        )
        return Delivery("delivery", args, self.plain)
