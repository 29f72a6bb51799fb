"""Tests of the table of regions."""

from __future__ import annotations

import boto3
import pytest

from settings.aws.regions import REGIONS, partition_of
from tests.settings.stack_files import problems


@pytest.mark.parametrize("partition", REGIONS)
def test_the_table_is_that_of_botocore(partition: str) -> None:
    """After an update of botocore, add what is new to settings/aws/regions.py."""
    assert set(boto3.Session().get_available_regions("ec2", partition)) == REGIONS[partition]


def test_every_partition_of_botocore_is_in_the_table() -> None:
    assert set(boto3.Session().get_available_partitions()) == set(REGIONS)


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("eu-west-9", None)]
)
def test_a_region_has_one_partition(region: str, partition: str | None) -> None:
    assert partition_of(region) == partition


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eusc-de-east-1", "aws-eusc")],
)
def test_a_region_of_another_partition_is_refused_by_name(region: str, partition: str) -> None:
    assert (
        f"region={region}: belongs to the partition {partition}; Strongroom supports the partition aws only: "
        "choose one of its regions"
    ) in problems(("region", region))


def test_a_region_that_does_not_exist_is_refused_with_the_nearest() -> None:
    assert 'region=eu-wets-1: is no region of AWS; did you mean "eu-west-1"?' in problems(
        ("region", "eu-wets-1")
    )


def test_the_region_of_copies_is_checked_too() -> None:
    assert problems(("backup.copyRegion", "us-gov-west-1")) == [
        "backup.copyRegion=us-gov-west-1: belongs to the partition aws-us-gov; "
        "Strongroom supports the partition aws only: choose one of its regions"
    ]
