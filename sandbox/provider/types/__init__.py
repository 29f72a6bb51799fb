"""The table: importing this package adds a row for every resource type that the sandbox can bring up."""

from __future__ import annotations

from sandbox.provider.types.compute import ec2 as hosts
from sandbox.provider.types.compute import ecs as containers
from sandbox.provider.types.compute import lambda_functions as functions
from sandbox.provider.types.data import backup
from sandbox.provider.types.data import elasticache as caches
from sandbox.provider.types.data import rds as databases
from sandbox.provider.types.data import s3 as storage
from sandbox.provider.types.network import acm_route53_waf as names
from sandbox.provider.types.network import load_balancing as edge
from sandbox.provider.types.network import network_acls as access_lists
from sandbox.provider.types.network import security_groups as groups
from sandbox.provider.types.network import vpc as network
from sandbox.provider.types.operations import cloudwatch as observability
from sandbox.provider.types.operations import sns_sqs as messages
from sandbox.provider.types.operations import ssm as systems
from sandbox.provider.types.security import audit
from sandbox.provider.types.security import iam as identity
from sandbox.provider.types.security import kms_secrets as keys

__all__ = [
    "access_lists",
    "audit",
    "backup",
    "caches",
    "containers",
    "databases",
    "edge",
    "functions",
    "groups",
    "hosts",
    "identity",
    "keys",
    "messages",
    "names",
    "network",
    "observability",
    "storage",
    "systems",
]
