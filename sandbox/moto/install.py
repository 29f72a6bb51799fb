"""Installs the corrections of moto and the operations that it lacks, once per process."""

from __future__ import annotations

from sandbox.moto import hooks, performance, postgresql, quotas
from sandbox.moto.services.compute import (
    autoscaling,
    ec2,
    ecs_services,
    ecs_tasks,
    lambda_functions,
    servicediscovery,
)
from sandbox.moto.services.data import (
    backup,
    elasticache,
    elasticache_parameters,
    rds,
    rds_normalization,
    rds_sharing,
    restore_jobs,
    s3,
)
from sandbox.moto.services.network import (
    acm,
    instance_connect,
    nat_gateways,
    route53,
    security_groups,
    sharing,
    vpc,
    wafv2,
)
from sandbox.moto.services.operations import (
    cloudwatch,
    cloudwatch_hosts,
    logs,
    metric_streams,
    oam,
    servicequotas,
    sqs,
    ssm,
)
from sandbox.moto.services.security import (
    accessanalyzer,
    cloudtrail,
    guardduty,
    iam,
    kms,
    secretsmanager,
    secretsmanager_rotation,
    sts,
)

MODULES = (
    hooks,
    performance,
    postgresql,
    quotas,
    accessanalyzer,
    acm,
    autoscaling,
    backup,
    cloudtrail,
    cloudwatch,
    cloudwatch_hosts,
    ec2,
    ecs_services,
    ecs_tasks,
    elasticache,
    elasticache_parameters,
    guardduty,
    iam,
    instance_connect,
    kms,
    lambda_functions,
    logs,
    metric_streams,
    nat_gateways,
    oam,
    rds,
    rds_normalization,
    rds_sharing,
    restore_jobs,
    route53,
    s3,
    secretsmanager,
    secretsmanager_rotation,
    security_groups,
    servicediscovery,
    servicequotas,
    sharing,
    sqs,
    ssm,
    sts,
    vpc,
    wafv2,
)
"""Modules that register hooks when imported; one that also patches moto has an ``install`` function."""
_installed: list[bool] = []


def install() -> None:
    """Patch moto, the first time only."""
    if _installed:
        return
    _installed.append(True)
    for module in MODULES:
        if patch := getattr(module, "install", None):
            patch()
