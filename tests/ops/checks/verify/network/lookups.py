"""Finds resources of the running stack by their names and tags."""

from __future__ import annotations

from tests.ops.live import Live

LOAD_BALANCER = "aiponge-alb"


def vpc_id(live: Live) -> str:
    (vpc,) = live.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["aiponge-vpc"]}])[
        "Vpcs"
    ]
    return vpc["VpcId"]


def in_tier(live: Live, what: str, tier: str) -> list[dict]:
    ec2 = live.client("ec2")
    filters = [{"Name": "vpc-id", "Values": [vpc_id(live)]}, {"Name": "tag:Tier", "Values": [tier]}]
    if what == "subnets":
        return ec2.describe_subnets(Filters=filters)["Subnets"]
    if what == "tables":
        return ec2.describe_route_tables(Filters=filters)["RouteTables"]
    return ec2.describe_network_acls(Filters=filters)["NetworkAcls"]


def balancer_arn(live: Live) -> str:
    found = live.client("elbv2").describe_load_balancers(Names=[LOAD_BALANCER])
    return found["LoadBalancers"][0]["LoadBalancerArn"]
