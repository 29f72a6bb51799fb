"""Tests of ``ops preflight``: what zones do not offer."""

from __future__ import annotations

import pytest

from tests.ops.checks.preflight.account import ZONES, Account, problems
from tests.ops.live import declared


@pytest.mark.failure(4)
def test_a_zone_without_the_instance_class_is_named_by_its_id() -> None:
    options = [{"EngineVersion": "17.4", "AvailabilityZones": [{"Name": "eu-west-1a"}]}]
    assert problems(Account(describe_orderable_db_instance_options=options)) == [
        "db.t4g.medium: is not available in euw1-az2 with PostgreSQL 17; set network.azExclude"
    ]


def test_another_major_version_does_not_count() -> None:
    options = [{"EngineVersion": "16.8", "AvailabilityZones": [{"Name": zone} for zone in ZONES]}]
    assert len(problems(Account(describe_orderable_db_instance_options=options))) == 2


@pytest.mark.failure(4)
def test_a_zone_without_an_endpoint_service_is_named_by_its_id() -> None:
    services = Account()._answers["describe_vpc_endpoint_services"]
    services[2]["AvailabilityZones"] = ["eu-west-1b"]
    assert problems(Account(describe_vpc_endpoint_services=services)) == [
        "logs: is not available in euw1-az1; set network.azExclude"
    ]


@pytest.mark.failure(4)
def test_an_excluded_zone_is_not_asked_about() -> None:
    settings = declared()
    network = settings.network.model_copy(update={"az_exclude": ("euw1-az2",)})
    options = [
        {"EngineVersion": "17.4", "AvailabilityZones": [{"Name": "eu-west-1a"}, {"Name": "eu-west-1c"}]}
    ]
    aws = Account(
        settings.model_copy(update={"network": network}), describe_orderable_db_instance_options=options
    )
    assert problems(aws) == []


def test_a_zone_without_the_hosts_instance_type_is_named_by_its_id() -> None:
    offered = [{"Location": "eu-west-2a"}, {"Location": "eu-west-2c"}]
    aws = Account(declared("cinematch-production"), describe_instance_type_offerings=offered)
    assert problems(aws) == ["t3.large: is not available in euw2-az2; set network.azExclude"]
