"""Tests that the addresses of an emulated replication group name its region."""

from __future__ import annotations

import boto3
import pytest


@pytest.mark.parametrize(
    ("region", "short"), [("eu-west-1", "euw1"), ("ap-southeast-2", "apse2"), ("us-east-1", "use1")]
)
def test_an_address_names_the_region_of_its_group(session: boto3.Session, region: str, short: str) -> None:
    client = session.client("elasticache", region_name=region)
    client.create_replication_group(
        ReplicationGroupId="example-redis", ReplicationGroupDescription="Redis", NumCacheClusters=2
    )
    (group,) = client.describe_replication_groups()["ReplicationGroups"]
    address = group["NodeGroups"][0]["PrimaryEndpoint"]["Address"]
    assert address.split(".")[-4:] == [short, "cache", "amazonaws", "com"]
