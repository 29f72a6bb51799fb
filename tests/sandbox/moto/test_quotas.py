"""Tests of quotas that moto does not count: the last allowed one is made, the next is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from settings.schema import aws_limits as limits

TRUST = '{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'
ALLOW = '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:Get{}","Resource":"*"}}]}}'


def attached(session: boto3.Session) -> Callable[[int], Any]:
    iam = session.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)

    def attach(number: int) -> None:
        made = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=ALLOW.format("Object"))
        iam.attach_role_policy(RoleName="r", PolicyArn=made["Policy"]["Arn"])

    return attach


def filters(session: boto3.Session) -> Callable[[int], Any]:
    logs = session.client("logs")
    logs.create_log_group(logGroupName="g")
    metric = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    return lambda number: logs.put_metric_filter(
        logGroupName="g", filterName=f"f{number}", filterPattern="x", metricTransformations=[metric]
    )


def rules(session: boto3.Session) -> Callable[[int], Any]:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    return lambda number: ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=number + 1, ToPort=number + 1, CidrIp="10.0.0.0/16"
    )


def entries(session: boto3.Session) -> Callable[[int], Any]:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    return lambda number: ec2.create_network_acl_entry(
        NetworkAclId=acl,
        RuleNumber=number + 1,
        Protocol="-1",
        RuleAction="allow",
        Egress=False,
        CidrBlock="10.0.0.0/8",
    )


def routes(session: boto3.Session) -> Callable[[int], Any]:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return lambda number: ec2.create_route(
        RouteTableId=table, DestinationCidrBlock=f"11.{number}.0.0/16", GatewayId=gateway
    )


def addresses(session: boto3.Session) -> Callable[[int], Any]:
    ec2 = session.client("ec2")
    return lambda number: ec2.allocate_address(Domain="vpc")


@pytest.mark.parametrize(
    ("prepare", "limit"),
    [
        (attached, limits.MANAGED_POLICIES_OF_ROLE),
        (filters, limits.METRIC_FILTERS),
        (rules, limits.RULES_OF_SECURITY_GROUP),
        (entries, limits.RULES_OF_NETWORK_ACL),
        (routes, limits.ROUTES_OF_TABLE),
        (addresses, limits.ADDRESSES),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_one_more_than_the_quota_is_refused(
    session: boto3.Session, prepare: Callable[[boto3.Session], Callable[[int], Any]], limit: limits.Limit
) -> None:
    make = prepare(session)
    for number in range(limit.value):
        make(number)
    with pytest.raises(ClientError, match="LimitExceeded"):
        make(limit.value)


def test_the_inline_policies_of_a_role_are_counted_together(session: boto3.Session) -> None:
    iam = session.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    most = limits.ROLE_INLINE_POLICIES.value
    first = ALLOW.format("x" * 6000)
    rest = most - len(first) - len(ALLOW.format(""))
    iam.put_role_policy(RoleName="r", PolicyName="a", PolicyDocument=first)
    with pytest.raises(ClientError, match=f"{most + 1} characters without white space, at most {most}"):
        iam.put_role_policy(RoleName="r", PolicyName="b", PolicyDocument=ALLOW.format("x" * (rest + 1)))
    iam.put_role_policy(RoleName="r", PolicyName="b", PolicyDocument=ALLOW.format("x" * rest))
    iam.put_role_policy(RoleName="r", PolicyName="a", PolicyDocument=first)
