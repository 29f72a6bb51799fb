"""Rows for the network: VPC, load balancers, certificates, DNS, WAF."""

from __future__ import annotations

from sandbox.provider.types.network import (
    acm,
    listeners,
    load_balancers,
    network_acls,
    route53,
    route_tables,
    security_group_rules,
    security_groups,
    target_groups,
    vpc,
    vpc_endpoints,
    wafv2,
)

__all__ = [
    "acm",
    "listeners",
    "load_balancers",
    "network_acls",
    "route53",
    "route_tables",
    "security_group_rules",
    "security_groups",
    "target_groups",
    "vpc",
    "vpc_endpoints",
    "wafv2",
]
