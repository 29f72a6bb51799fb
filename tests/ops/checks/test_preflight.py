"""Tests of ``ops preflight``: what region and account lack, before anything is created."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ops.checks import preflight
from ops.checks.verify.registry import Problem
from settings import Settings
from tests.ops.live import declared

ZONES = [{"ZoneName": f"eu-west-1{letter}", "ZoneId": f"euw1-az{n}"} for n, letter in enumerate("abc", 1)]
ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")


class _Aws:
    """An account without problems, except those that a test adds."""

    def __init__(self, settings: Settings | None = None, **answers: Any) -> None:
        self.settings = settings or declared()
        self.names, self.vpc = self.settings.names, None
        zones = [zone["ZoneName"] for zone in ZONES]
        self._answers: dict[str, Any] = {
            "describe_availability_zones": ZONES,
            "describe_orderable_db_instance_options": [
                {"EngineVersion": "17.4", "AvailabilityZones": [{"Name": zone} for zone in zones]}
            ],
            "describe_vpc_endpoint_services": [
                {"ServiceName": f"com.amazonaws.eu-west-1.{name}", "AvailabilityZones": zones}
                for name in ENDPOINTS
            ],
            "describe_addresses": [],
            "describe_vpcs": [],
            "describe_db_instances": [],
            "list_secrets": [],
            "list_open_id_connect_providers": [],
            "get_service_quota": {"L-0263D0A3": 5, "L-F678F1CE": 5, "L-0EA8095F": 60},
            "get_hosted_zone": {"HostedZone": {"Name": "aiponge.example.com."}},
            **answers,
        }

    def list(self, service: str, operation: str, member: str, **params: Any) -> Any:
        return self._answers[operation]

    def ask(self, service: str, operation: str, **params: Any) -> Any:
        answer = self._answers[operation]
        if operation == "get_service_quota":
            return {"Quota": {"Value": float(answer[params["QuotaCode"]])}}
        return answer


def _problems(aws: Any) -> list[str]:
    found: Iterator[Problem] = (one for each in preflight.PREFLIGHT for one in each.ask(aws))
    return [f"{one.subject}: {one.problem}; {one.remedy}" for one in found]


def test_an_account_in_which_everything_fits_has_no_problem() -> None:
    assert _problems(_Aws()) == []


@pytest.mark.failure(4)
def test_a_zone_without_the_instance_class_is_named_by_its_id() -> None:
    options = [{"EngineVersion": "17.4", "AvailabilityZones": [{"Name": "eu-west-1a"}]}]
    assert _problems(_Aws(describe_orderable_db_instance_options=options)) == [
        "db.t4g.medium: is not available in euw1-az2 with PostgreSQL 17; set network.azExclude"
    ]


def test_another_major_version_does_not_count() -> None:
    options = [{"EngineVersion": "16.8", "AvailabilityZones": [{"Name": z["ZoneName"]} for z in ZONES]}]
    assert len(_problems(_Aws(describe_orderable_db_instance_options=options))) == 2


@pytest.mark.failure(4)
def test_a_zone_without_an_endpoint_service_is_named_by_its_id() -> None:
    services = _Aws()._answers["describe_vpc_endpoint_services"]
    services[2]["AvailabilityZones"] = ["eu-west-1b"]
    assert _problems(_Aws(describe_vpc_endpoint_services=services)) == [
        "logs: is not available in euw1-az1; set network.azExclude"
    ]


@pytest.mark.failure(4)
def test_an_excluded_zone_is_not_asked_about() -> None:
    settings = declared()
    network = settings.network.model_copy(update={"az_exclude": ("euw1-az2",)})
    options = [
        {"EngineVersion": "17.4", "AvailabilityZones": [{"Name": "eu-west-1a"}, {"Name": "eu-west-1c"}]}
    ]
    aws = _Aws(
        settings.model_copy(update={"network": network}), describe_orderable_db_instance_options=options
    )
    assert _problems(aws) == []


@pytest.mark.failure(33)
def test_too_few_addresses_name_the_quota_to_request() -> None:
    prod = declared("prod")
    taken = [{"AllocationId": str(n)} for n in range(4)]
    assert _problems(_Aws(prod, describe_addresses=taken)) == [
        "account: needs 3 Elastic IP addresses, 1 left in the quota; increase quota L-0263D0A3"
    ]


@pytest.mark.failure(33)
def test_addresses_that_the_stack_has_already_are_not_needed_again() -> None:
    tags = [{"Key": key, "Value": value} for key, value in declared().tags.items()]
    taken = [{"AllocationId": str(n), "Tags": tags if n == 0 else []} for n in range(5)]
    assert _problems(_Aws(describe_addresses=taken)) == []


@pytest.mark.failure(33)
def test_no_room_for_a_vpc_names_the_quota_to_request() -> None:
    vpcs = [{"VpcId": str(n)} for n in range(5)]
    assert _problems(_Aws(describe_vpcs=vpcs)) == [
        "account: needs 1 VPC, 0 left in the quota; increase quota L-F678F1CE"
    ]


@pytest.mark.failure(33)
def test_too_many_rules_for_a_group_name_the_quota_to_request() -> None:
    quotas = {"L-0263D0A3": 5, "L-F678F1CE": 5, "L-0EA8095F": 9}
    assert _problems(_Aws(get_service_quota=quotas)) == [
        "account: needs 10 egress rules in sg aiponge-api-gateway, the quota is 9; increase quota L-0EA8095F",
        "account: needs 10 ingress rules in sg aiponge-endpoints, the quota is 9; increase quota L-0EA8095F",
    ]


def test_a_zone_that_is_not_the_domains_is_found() -> None:
    (problem,) = _problems(_Aws(get_hosted_zone={"HostedZone": {"Name": "other.example.com."}}))
    assert problem.startswith("hosted zone ")
    assert "is other.example.com" in problem


@pytest.mark.failure(14)
def test_a_certificate_that_is_not_issued_names_its_record() -> None:
    settings = declared()
    arn = "arn:aws:acm:eu-west-1:222233334444:certificate/x"
    edge = settings.edge.model_copy(update={"certificate_arn": arn})
    record = {"ValidationStatus": "PENDING_VALIDATION", "ResourceRecord": {"Name": "_x.api"}}
    pending = {"Status": "PENDING_VALIDATION", "DomainValidationOptions": [record]}
    aws = _Aws(settings.model_copy(update={"edge": edge}), describe_certificate={"Certificate": pending})
    assert _problems(aws) == [
        f"{arn}: is PENDING_VALIDATION; add the validation record _x.api to its hosted zone"
    ]


@pytest.mark.failure(27)
@pytest.mark.parametrize(("maker", "count"), [("ops-bootstrap", 1), ("somebody", 1), ("pulumi", 0)])
def test_an_identity_provider_that_is_not_the_stacks_own_is_found(maker: str, count: int) -> None:
    arn = "arn:aws:iam::222233334444:oidc-provider/token.actions.githubusercontent.com"
    problems = _problems(
        _Aws(
            list_open_id_connect_providers=[{"Arn": arn}],
            get_open_id_connect_provider={"Tags": [{"Key": "ManagedBy", "Value": maker}]},
        )
    )
    assert (
        problems
        == [
            f"{arn}: the OIDC provider exists already and is not managed by Pulumi; "
            f"set delivery.oidcProviderArn: {arn}"
        ]
        * count
    )


@pytest.mark.failure(27)
def test_a_secret_name_that_is_still_being_deleted_is_found() -> None:
    from datetime import UTC, datetime

    gone = {"Name": "aiponge/jwt-secret", "ARN": "arn", "DeletedDate": datetime(2030, 1, 2, tzinfo=UTC)}
    (problem,) = _problems(_Aws(list_secrets=[gone]))
    assert problem.startswith("aiponge/jwt-secret: is scheduled for deletion on 2030-01-02; ")


def test_a_database_of_that_name_that_is_not_ours_is_found() -> None:
    theirs = [{"DBInstanceIdentifier": "aiponge-rds", "TagList": []}]
    (problem,) = _problems(_Aws(describe_db_instances=theirs))
    assert problem.startswith("aiponge-rds: exists already and does not have this stack's tags; ")
