"""One application's AWS home, top to bottom as on the diagram in README.md."""

import pulumi
import pulumi_aws as aws

from aws_lookups import survey
from blueprint import Blueprint
from settings.load import load, operator_values
from workload import Parts, run_workload, tell, watch

settings = load()
provider = aws.Provider(
    "aws",
    region=settings.region,
    allowed_account_ids=[settings.account_id],
    default_tags={"tags": settings.tags},
)
plan = Blueprint(settings, survey(settings, provider), provider)

# What is kept secret, by which keys, and who did what.
values = plan.values(operator_values(settings))
keys = plan.keys()
audit = plan.audit(keys)

# Where things live, and who may talk to whom.
network = plan.network(keys)
connections = plan.connections(network)
endpoints = plan.endpoints(network, connections)

# What is stored.
database = plan.database(network, connections, keys, values)
cache = plan.cache(network, connections, keys, values)
secrets = plan.secrets(keys, values, cache)
rotation = plan.rotation(network, connections, keys, database, secrets)

# The door, the pipeline's way in, and what runs behind them.
edge = plan.edge(network, connections, keys)
delivery = plan.delivery(keys, secrets)
topics = plan.topics(keys)
parts = Parts(
    network=network,
    connections=connections,
    endpoints=endpoints,
    keys=keys,
    audit=audit,
    topics=topics,
    database=database,
    cache=cache,
    secrets=secrets,
    rotation=rotation,
    edge=edge,
    delivery=delivery,
)
workload = run_workload(plan, parts)
monitoring = watch(plan, parts, workload)

for name, fact in tell(plan, parts, workload, monitoring).facts.items():
    pulumi.export(name, fact)
