"""Creates the ECS cluster and the resources that its services share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import cloudwatch, ecs, servicediscovery

from components.ecs.ecr import Registry
from components.ecs.ecs_exec import ExecAccess, exec_access, exec_configuration
from components.kms import Keys
from components.network import Placement
from components.options import child_of
from iam_documents import Statement
from settings.grants import StoreEntry
from settings.names import Names
from settings.schema.services import ContainersSettings


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One ECS cluster and what its services need from the rest of the stack."""

    names: Names
    platform: ContainersSettings
    log_days: int
    entries: Mapping[str, Sequence[StoreEntry]]
    """The secrets that each service and tool reads."""
    runtime_monitoring: bool
    """Whether GuardDuty runs its agent beside tasks."""
    targets: Collection[str]
    """The services behind the load balancer."""
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    namespace_arn: pulumi.Output[str]
    """The Cloud Map namespace in which services discover each other."""
    placement: Placement
    security_group_ids: Mapping[str, pulumi.Input[str]]
    """Security group ids by service."""
    keys: Keys
    registry: Registry
    secret_arns: Mapping[str, pulumi.Input[str]]
    """Exact ARNs by store name."""
    exec_access: ExecAccess | None
    """Log group and key of ECS Exec; None where the stack does not allow it."""
    shared_rights: Mapping[str, Sequence[Statement]] = field(default_factory=dict)
    """What each service and tool may do with buckets and queues."""
    shared_variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Names of buckets and URLs of queues, by service or tool and variable."""


def make_cluster(
    owner: pulumi.Resource,
    name: str,
    *,
    names: Names,
    platform: ContainersSettings,
    log_days: int,
    administrators: Sequence[str],
    entries: Mapping[str, Sequence[StoreEntry]],
    shared_rights: Mapping[str, Sequence[Statement]],
    shared_variables: Mapping[str, Mapping[str, str]],
    runtime_monitoring: bool,
    targets: Collection[str],
    placement: Placement,
    security_group_ids: Mapping[str, pulumi.Input[str]],
    keys: Keys,
    registry: Registry,
    secret_arns: Mapping[str, pulumi.Input[str]],
) -> Cluster:
    """Give ``owner`` a cluster with its Container Insights log group, its namespace and ECS Exec."""
    cluster_name = names.cluster
    # ECS would create it with the first metric, unencrypted.
    metrics = cloudwatch.LogGroup(
        f"{name}-insights",
        name=f"/aws/ecs/containerinsights/{cluster_name}/performance",
        retention_in_days=log_days,
        kms_key_id=keys.arns["logs"],
        opts=child_of(owner),
    )
    namespace = servicediscovery.HttpNamespace(
        f"{name}-namespace",
        name=cluster_name,
        description="Services by their short names",
        opts=child_of(owner),
    )
    access = None
    if platform.exec_enabled:
        access = exec_access(
            owner,
            name,
            names=names,
            services=platform.services,
            administrators=administrators,
            log_days=log_days,
            logs_key_arn=keys.arns["logs"],
        )
    cluster = ecs.Cluster(
        f"{name}-cluster",
        name=cluster_name,
        settings=[ecs.ClusterSettingArgs(name="containerInsights", value="enhanced")],
        configuration=exec_configuration(access),
        service_connect_defaults=ecs.ClusterServiceConnectDefaultsArgs(namespace=namespace.arn),
        opts=child_of(owner, [metrics]),
    )
    return Cluster(
        names=names,
        platform=platform,
        log_days=log_days,
        entries=entries,
        shared_rights=shared_rights,
        shared_variables=shared_variables,
        runtime_monitoring=runtime_monitoring,
        targets=targets,
        name=cluster.name,
        arn=cluster.arn,
        namespace_arn=namespace.arn,
        placement=placement,
        security_group_ids=security_group_ids,
        keys=keys,
        registry=registry,
        secret_arns=secret_arns,
        exec_access=access,
    )
