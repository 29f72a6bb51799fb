"""Tests of the VPC endpoints' checks: each manual change is found."""

from __future__ import annotations

import pytest

from tests.ops.checks.verify.network.lookups import vpc_id
from tests.ops.live import Live, Make, Undo


def endpoint_open_to_all_accounts(live: Live) -> Undo:
    ec2 = live.client("ec2")
    name = {"Name": "service-name", "Values": ["com.amazonaws.eu-west-1.secretsmanager"]}
    filters = [name, {"Name": "vpc-id", "Values": [vpc_id(live)]}]
    (one,) = ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    wide = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
    id_ = one["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=id_, PolicyDocument=wide)
    return lambda: ec2.modify_vpc_endpoint(VpcEndpointId=id_, PolicyDocument=one["PolicyDocument"])


def endpoint_added(live: Live) -> Undo:
    ec2 = live.client("ec2")
    made = ec2.create_vpc_endpoint(
        VpcId=vpc_id(live), ServiceName="com.amazonaws.eu-west-1.sqs", VpcEndpointType="Interface"
    )["VpcEndpoint"]["VpcEndpointId"]
    return lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[made])


SLIPS = [
    pytest.param(endpoint_open_to_all_accounts, "network-endpoints", marks=pytest.mark.accepts("A53")),
    pytest.param(endpoint_added, "network-endpoints", marks=pytest.mark.accepts("A53")),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_the_endpoints_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}
