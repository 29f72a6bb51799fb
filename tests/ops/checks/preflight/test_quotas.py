"""Tests of ``ops preflight``: service quotas that are too small."""

from __future__ import annotations

import pytest

from components.secrets import reader_redeploy, rotation
from ops.checks.preflight import quotas
from tests.ops.checks.preflight.account import QUOTAS, Account, problems
from tests.ops.live import declared


@pytest.mark.failure(33)
def test_too_few_addresses_name_the_quota_to_request() -> None:
    prod = declared("prod")
    taken = [{"AllocationId": str(n)} for n in range(4)]
    assert problems(Account(prod, describe_addresses=taken)) == [
        "account: needs 3 Elastic IP addresses, 1 left in the quota; increase quota L-0263D0A3"
    ]


@pytest.mark.failure(33)
def test_addresses_that_the_stack_has_already_are_not_needed_again() -> None:
    tags = [{"Key": key, "Value": value} for key, value in declared().tags.items()]
    taken = [{"AllocationId": str(n), "Tags": tags if n == 0 else []} for n in range(5)]
    assert problems(Account(describe_addresses=taken)) == []


@pytest.mark.failure(33)
def test_no_room_for_a_vpc_names_the_quota_to_request() -> None:
    vpcs = [{"VpcId": str(n)} for n in range(5)]
    assert problems(Account(describe_vpcs=vpcs)) == [
        "account: needs 1 VPC, 0 left in the quota; increase quota L-F678F1CE"
    ]


@pytest.mark.failure(33)
def test_too_many_rules_for_a_group_name_the_quota_to_request() -> None:
    aws = Account(get_service_quota={**QUOTAS, "L-0EA8095F": 9})
    assert problems(aws) == [
        "account: needs 10 egress rules in sg aiponge-api-gateway, the quota is 9; increase quota L-0EA8095F",
        "account: needs 10 ingress rules in sg aiponge-endpoints, the quota is 9; increase quota L-0EA8095F",
    ]


def executions(unreserved: int) -> list[str]:
    limits = {"AccountLimit": {"UnreservedConcurrentExecutions": unreserved}}
    return problems(Account(get_account_settings=limits))


def test_too_few_concurrent_executions_name_the_quota_to_request() -> None:
    assert executions(10) == [
        "account: needs 4 reserved concurrent executions, 0 left in the quota; increase quota L-B99A9384"
    ]


@pytest.mark.parametrize(("unreserved", "count"), [(103, 1), (104, 0)])
def test_lambda_keeps_a_hundred_executions_unreserved(unreserved: int, count: int) -> None:
    assert len(executions(unreserved)) == count


def test_the_functions_reserve_what_preflight_asks_for() -> None:
    assert rotation.CONCURRENCY + reader_redeploy.CONCURRENCY == quotas.RESERVED


def test_a_host_needs_its_cpus_twice_while_it_is_replaced() -> None:
    host = declared("cinematch-production")
    assert problems(Account(host, get_service_quota={**QUOTAS, "L-1216C47A": 4})) == []
    assert problems(Account(host, get_service_quota={**QUOTAS, "L-1216C47A": 3})) == [
        "account: needs 4 vCPUs, the quota is 3; increase quota L-1216C47A"
    ]


def test_containers_need_the_cpus_of_as_many_tasks_as_they_may_have() -> None:
    services = declared().services.values()
    most = -(-sum(one.cpu * one.max_tasks for one in services) // 1024)
    assert problems(Account(get_service_quota={**QUOTAS, "L-3032A538": most})) == []
    assert problems(Account(get_service_quota={**QUOTAS, "L-3032A538": most - 1})) == [
        f"account: needs {most} vCPUs, the quota is {most - 1}; increase quota L-3032A538"
    ]


@pytest.mark.parametrize(("names", "count"), [("abcde", 1), ("abcd", 0), (["aiponge-trail", *"abcd"], 0)])
def test_a_sixth_trail_of_a_region_is_refused(names: list[str], count: int) -> None:
    trails = {"trailList": [{"Name": name} for name in names]}
    found = problems(Account(declared("prod"), describe_trails=trails))
    assert len(found) == count
    assert all("has 5 trails in eu-west-1 and AWS allows 5: a, b, c, d, e" in one for one in found)
