"""Valkey on ElastiCache: TLS only, one user, automatic failover, and password changes without an outage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, elasticache

from components.data.cache_users import ENGINE, cache_users
from components.data.final_snapshot import final_snapshot_name
from components.kms import Keys
from components.network import Placement
from components.options import child_of, irreplaceable
from settings.names import Names
from settings.schema.data import CacheSettings

REDIS_PORT = 6379
ENGINE_VERSION, FAMILY = "8.1", "valkey8"
LOG_TYPES = ("slow", "engine")
SNAPSHOT_WINDOW, MAINTENANCE_WINDOW = "01:00-02:00", "sun:04:30-sun:05:30"


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """What a :class:`Cache` is connected to."""

    settings: CacheSettings
    names: Names
    placement: Placement
    security_group_id: pulumi.Input[str]
    keys: Keys
    values: Mapping[str, pulumi.Output[str]]
    """Current secret values by short name; the user's password is one of them."""
    previous: Mapping[str, pulumi.Output[str]]
    """Previous secret values by short name, while they may still be in use."""


class Cache(pulumi.ComponentResource):
    """One replication group with one primary, and one user that may log in."""

    url: pulumi.Output[str]
    """``rediss://user:password@host:6379``; a secret output."""
    urls: dict[str, pulumi.Output[str]]
    """The same URL by the short name of the secret that stores it."""
    endpoint: pulumi.Output[str]
    """Host name of the primary inside the VPC."""
    member_ids: tuple[pulumi.Output[str], ...]
    """Cache cluster ids of the nodes: the dimension of their CloudWatch metrics."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Cache", name, None, opts)
        self._args, part = args, child_of(self)
        settings, names = args.settings, args.names
        group_id = names.part("redis")
        logs = {log: self._log_group(log) for log in LOG_TYPES}
        subnets = elasticache.SubnetGroup(
            f"{name}-subnets",
            name=names.part("redis-isolated"),
            description="Isolated subnets without a default route",
            subnet_ids=list(args.placement.subnet_ids),
            opts=part,
        )
        parameters = elasticache.ParameterGroup(
            f"{name}-parameters",
            # The family is in the name: a major upgrade needs a second group while the first is in use.
            name=names.part(FAMILY),
            family=FAMILY,
            # Empty: the default maxmemory-policy evicts only what has an expiry. ElastiCache does not return
            # a parameter that equals its default: declaring it would be a difference in each preview.
            description="Evicts only what was meant to expire",
            opts=part,
        )
        users = cache_users(self, names=names, settings=settings, values=args.values, previous=args.previous)
        group = elasticache.ReplicationGroup(
            f"{name}-group",
            replication_group_id=group_id,
            description=f"Cache of {names.prefix}",
            engine=ENGINE,
            engine_version=ENGINE_VERSION,
            node_type=settings.node_type,
            num_cache_clusters=settings.nodes,
            automatic_failover_enabled=settings.nodes > 1,
            multi_az_enabled=settings.multi_az,
            port=REDIS_PORT,
            parameter_group_name=parameters.name,
            subnet_group_name=subnets.name,
            security_group_ids=[args.security_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=args.keys.arns["data"],
            user_group_ids=[users.user_group_id],
            auto_minor_version_upgrade=True,
            snapshot_retention_limit=settings.snapshot_days,
            snapshot_window=SNAPSHOT_WINDOW,
            maintenance_window=MAINTENANCE_WINDOW,
            final_snapshot_identifier=final_snapshot_name(self, group_id, {"engine": ENGINE})
            if settings.snapshot_days
            else None,
            apply_immediately=False,
            log_delivery_configurations=[
                elasticache.ReplicationGroupLogDeliveryConfigurationArgs(
                    destination=group.name,
                    destination_type="cloudwatch-logs",
                    log_format="json",
                    log_type=f"{log}-log",
                )
                for log, group in logs.items()
            ],
            # ElastiCache upgrades the minor version by itself; returning to this one would replace the group.
            opts=pulumi.ResourceOptions.merge(
                irreplaceable(self), pulumi.ResourceOptions(ignore_changes=["engineVersion"])
            ),
        )
        self.endpoint = group.primary_endpoint_address
        # ElastiCache numbers the nodes itself; its list may be longer or shorter than declared.
        numbers = range(1, settings.nodes + 1)
        self.member_ids = tuple(
            pulumi.Output.concat(group.replication_group_id, f"-{number:03}") for number in numbers
        )
        self.url = pulumi.Output.secret(
            pulumi.Output.concat(
                f"rediss://{settings.username}:",
                args.values[settings.url_secret],
                "@",
                self.endpoint,
                f":{REDIS_PORT}",
            )
        )
        self.urls = {settings.url_secret: self.url}
        self.register_outputs({"endpoint": self.endpoint, "memberIds": list(self.member_ids)})

    def _log_group(self, log: str) -> cloudwatch.LogGroup:
        return cloudwatch.LogGroup(
            f"{self.pulumi_resource_name}-{log}-log",
            name=self._args.names.log_group(f"redis-{log}"),
            retention_in_days=self._args.settings.log_days,
            kms_key_id=self._args.keys.arns["logs"],
            opts=child_of(self),
        )
