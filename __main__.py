"""One application's AWS home, top to bottom as on the diagram in README.md."""

import pulumi
import pulumi_aws as aws

from components.connections import Connections, ConnectionsArgs
from components.database import Database, DatabaseArgs
from components.endpoints import Endpoints, EndpointsArgs
from components.keys import Keys, KeysArgs
from components.network import Network, NetworkArgs
from components.secrets import Secrets, SecretsArgs
from components.values import Values, ValuesArgs
from lookups import survey
from settings.edges import edges, groups
from settings.grants import grants
from settings.load import load, operator_values

settings = load()
names, rights = settings.names, grants(settings)
provider = aws.Provider(
    "aws",
    region=settings.region,
    allowed_account_ids=[settings.account_id],
    default_tags={"tags": settings.tags},
)
here = survey(settings, provider)
plain = pulumi.ResourceOptions(provider=provider)
precious = pulumi.ResourceOptions(provider=provider, protect=settings.environment.production)

values = Values("values", ValuesArgs(secrets=settings.secrets, supplied=operator_values(settings)))
keys = Keys("keys", KeysArgs(names=names, grants=rights), precious)
network = Network(
    "network", NetworkArgs(names=names, settings=settings.network, zones=here.zones, keys=keys), plain
)
connections = Connections(
    "connections",
    ConnectionsArgs(
        names=names,
        vpc_id=network.vpc_id,
        groups=groups(settings),
        edges=edges(settings),
        prefix_list_ids=here.prefix_list_ids,
    ),
    plain,
)
group_ids = connections.group_ids
endpoints = Endpoints(
    "endpoints",
    EndpointsArgs(
        names=names, settings=settings.network, network=network, security_group_id=group_ids.get("endpoints")
    ),
    plain,
)
database = Database(
    "database",
    DatabaseArgs(
        names=names,
        settings=settings.database,
        placement=network.isolated,
        security_group_id=group_ids["rds"],
        keys=keys,
    ),
    precious,
)
secrets = Secrets(
    "secrets", SecretsArgs(names=names, grants=rights, values=values, key_arn=keys.arns["secrets"]), precious
)

pulumi.export("vpcId", network.vpc_id)
pulumi.export("databaseEndpoint", database.address)
pulumi.export("secretArns", secrets.arns)
