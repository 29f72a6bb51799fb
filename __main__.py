"""Provisions the AWS infrastructure and secrets of one application, in the order of README.md's diagram."""

import gc
from pathlib import Path

import pulumi

from aws_lookups import look_up
from components.audit import Audit, AuditArgs
from components.data import Backup, BackupArgs, Cache, CacheArgs, Database, DatabaseArgs
from components.delivery import Delivery, DeliveryArgs, DeployContract, DeployContractArgs
from components.edge import Edge, EdgeArgs
from components.kms import Keys, KeysArgs
from components.monitoring import Ages, AgesArgs, Monitoring, MonitoringArgs, Topics, TopicsArgs
from components.network import Connections, ConnectionsArgs, Endpoints, EndpointsArgs, Network, NetworkArgs
from components.secrets import Rotation, RotationArgs, Secrets, SecretsArgs, Values, ValuesArgs
from functions.archive import archive, archives
from platforms import provider_options, run_platform, run_shared, trail_log, traits_of
from settings.connections import ALB, CACHE, RDS, ROTATION, declared_connections
from settings.grants import DEPLOY_READER, entries_read_by, grants
from settings.kms_purposes import kms_purposes
from settings.load import load, operator_values

# The modules of pulumi_aws and the resources live until the end: with Python's default thresholds the garbage
# collector takes two fifths of the program's time.
gc.set_threshold(100_000, 50, 100)

settings = load()
names, access, traits = settings.names, grants(settings), traits_of(settings)
provider, unprotected, protected = provider_options(settings)
facts = look_up(settings, provider)

# Secret values, the KMS keys that encrypt them, the audit trail of their use, and buckets and queues.
values = Values(
    "values",
    ValuesArgs(secrets=settings.secrets, supplied=operator_values(settings), stored_kids=facts.kids),
    unprotected,
)
keys = Keys(
    "keys",
    KeysArgs(names=names, grants=access, host_roles=settings.host_roles, purposes=kms_purposes(settings)),
    protected,
)
audit = None
if settings.audit is not None:
    audit = Audit(
        "audit", AuditArgs(names=names, settings=settings.audit, keys=keys, grants=access), protected
    )
shared = run_shared(settings, access, keys=keys, audit=audit, opts=protected)

# The VPC with its three tiers, and who may open connections to whom.
network = Network(
    "network",
    NetworkArgs(names=names, settings=settings.network, zones=facts.zones, keys=keys),
    unprotected,
)
connections = Connections(
    "connections",
    ConnectionsArgs(
        names=names,
        vpc_id=network.vpc_id,
        connections=declared_connections(settings),
        prefix_list_ids=facts.prefix_list_ids,
    ),
    unprotected,
)
endpoints = Endpoints(
    "endpoints",
    EndpointsArgs(names=names, settings=settings.network, network=network, connections=connections),
    unprotected,
)

# Data stores in the isolated tier.
database = None
if settings.database is not None:
    database = Database(
        "database",
        DatabaseArgs(
            names=names,
            settings=settings.database,
            placement=network.isolated,
            security_group_id=connections.group_ids[RDS.name],
            keys=keys,
            backed_up=settings.backup is not None,
            values=values.current,
        ),
        protected,
    )
cache = None
if settings.cache is not None:
    cache = Cache(
        "cache",
        CacheArgs(
            names=names,
            settings=settings.cache,
            placement=network.isolated,
            security_group_id=connections.group_ids[CACHE.name],
            keys=keys,
            values=values.current,
            previous=values.previous,
        ),
        protected,
    )

# Every declared secret in its store, and the rotation of the database URL.
secrets = Secrets(
    "secrets",
    SecretsArgs(
        names=names,
        grants=access,
        values=values,
        key_arn=keys.arns["secrets"],
        urls=cache.urls if cache else {},
    ),
    protected,
)
rotation = None
if settings.rotated_secret is not None and database is not None:
    rotation = Rotation(
        "rotation",
        RotationArgs(
            names=names,
            secret=settings.rotated_secret,
            secrets=secrets,
            database=database,
            database_name=database.database_name,
            placement=network.isolated,
            security_group_id=connections.group_ids[ROTATION.name],
            keys=keys,
            log_days=settings.monitoring.log_days,
            code=archive("rotate_database", Path("build")),
        ),
        unprotected,
    )

# Backups of the database, and the tests that restore them.
backup = None
if settings.backup is not None and database is not None:
    backup = Backup(
        "backup",
        BackupArgs(
            names=names,
            settings=settings.backup,
            administrators=settings.administrators,
            database=database,
            encrypting=settings.encrypting_secret,
            secret_arns=secrets.arns,
            placement=network.isolated,
            security_group_ids=connections.group_ids,
            keys=keys,
            log_days=settings.monitoring.log_days,
            code=archives(("check_restored_database", "validate_restore"), Path("build")),
        ),
        protected,
    )

# The load balancer, the role of the application's pipeline, and what runs behind them.
edge = None
if settings.edge is not None and traits.target is not None:
    edge = Edge(
        "edge",
        EdgeArgs(
            names=names,
            settings=settings.edge,
            target=traits.target,
            routed=traits.routed,
            placement=network.private if settings.edge.internal else network.public,
            security_group_id=connections.group_ids[ALB.name],
            keys=keys,
        ),
        unprotected,
    )
delivery = None
if settings.delivery is not None:
    delivery = Delivery(
        "delivery",
        DeliveryArgs(
            names=names,
            application=settings.application.name,
            settings=settings.delivery,
            pipeline=traits.pipeline,
            entries=entries_read_by(settings, DEPLOY_READER),
            secret_arns=secrets.arns,
            secrets_key_arn=keys.arns["secrets"],
        ),
        unprotected,
    )
platform = run_platform(
    settings,
    facts,
    network=network,
    connections=connections,
    endpoints=endpoints,
    keys=keys,
    database=database,
    secrets=secrets,
    rotation=rotation,
    edge=edge,
    delivery=delivery,
    shared=shared,
    opts=unprotected,
)

# Alarms, the ages that some of them are on, and the topics that they notify.
ages = Ages(
    "ages",
    AgesArgs(
        names=names,
        entries=access.entries,
        database=database.identifier if database else None,
        restore_tests=backup is not None,
        keys=keys,
        log_days=settings.monitoring.log_days,
        code=archive("publish_ages", Path("build")),
    ),
    unprotected,
)
topics = Topics(
    "topics",
    TopicsArgs(names=names, key_arn=keys.arns["alerts"], email=settings.monitoring.email),
    unprotected,
)
monitoring = Monitoring(
    "monitoring",
    MonitoringArgs(
        names=names,
        settings=settings.monitoring,
        topics=topics,
        logs=platform.log_groups,
        services=platform.services,
        host=platform.host,
        load_balancer=edge.metrics if edge else None,
        database=database.metrics if database else None,
        backup=backup.metrics if backup else None,
        ages=ages.metrics,
        cache_members=cache.member_ids if cache else (),
        queues=shared.queues,
        schedules=platform.schedules,
        nat_gateways=network.nat_gateway_ids,
        functions={**(rotation.functions if rotation else {}), **platform.functions},
        trail=trail_log(settings, traits, keys=keys, audit=audit),
        rules=platform.rules,
    ),
    unprotected,
)

# The deploy contract: what application pipelines read, as stack outputs and as parameters.
contract = DeployContract(
    "contract",
    DeployContractArgs(
        names=names,
        platform=traits.pipeline.facts,
        facts={
            "vpcId": network.vpc_id,
            "secretArns": secrets.arns,
            "logGroups": {**platform.log_groups, **platform.other_log_groups},
            "alarmTopicArn": topics.critical,
            "dashboardUrl": monitoring.dashboard_url,
            "databaseEndpoint": database.address if database else None,
            "redisEndpoint": cache.endpoint if cache else None,
            "deployRoleArn": delivery.role_arn if delivery else None,
            **platform.facts,
        },
    ),
    unprotected,
)
for name, fact in contract.facts.items():
    pulumi.export(name, fact)
