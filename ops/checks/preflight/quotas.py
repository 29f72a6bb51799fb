"""Checks that the account's service quotas leave enough for the stack."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.network.security_groups import declared
from ops.checks.verify.registry import Problem
from ops.core.aws_state import AwsState, tags

ADDRESSES, VPCS, RULES = ("ec2", "L-0263D0A3"), ("vpc", "L-F678F1CE"), ("vpc", "L-0EA8095F")
EXECUTIONS, HOST_CPUS, TASK_CPUS = "L-B99A9384", ("ec2", "L-1216C47A"), ("fargate", "L-3032A538")
RESERVED = 4
"""Reserved concurrent executions of the functions of a stack with a rotated secret."""
UNRESERVED_EXECUTIONS = 100
"""What Lambda keeps for the functions without a reservation:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""
TRAILS = 5
"""Trails per region, a quota that AWS does not increase:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
"""
CPU_UNITS = 1024
"""ECS CPU units per vCPU."""


def addresses(aws: AwsState) -> Iterator[Problem]:
    """The quota of Elastic IP addresses leaves enough for the NAT gateways."""
    network = aws.settings.network
    wanted = {"per_az": network.azs, "single": 1, "none": 0}[network.nat]
    taken = aws.list("ec2", "describe_addresses", "Addresses")
    own = [one for one in taken if aws.settings.tags.items() <= tags(one).items()]
    missing, left = wanted - len(own), _quota(aws, ADDRESSES) - len(taken)
    if missing > left:
        yield _request(f"needs {missing} Elastic IP addresses, {left} left in the quota", ADDRESSES)


def vpcs(aws: AwsState) -> Iterator[Problem]:
    """The quota of VPCs leaves one for the stack."""
    if aws.vpc is None:
        left = _quota(aws, VPCS) - len(aws.list("ec2", "describe_vpcs", "Vpcs"))
        if left < 1:
            yield _request(f"needs 1 VPC, {left} left in the quota", VPCS)


def rules(aws: AwsState) -> Iterator[Problem]:
    """No security group needs more rules than the quota of rules per security group."""
    allowed = _quota(aws, RULES)
    for name, wanted in declared(aws).items():
        for egress, way in ((False, "ingress"), (True, "egress")):
            count = sum(number for rule, number in wanted.items() if rule.egress is egress)
            if count > allowed:
                group = aws.names.part(name)
                yield _request(f"needs {count} {way} rules in sg {group}, the quota is {allowed}", RULES)


def executions(aws: AwsState) -> Iterator[Problem]:
    """Lambda's concurrent executions leave enough for what the stack's functions reserve."""
    if aws.settings.rotated_secret is None or aws.vpc is not None:
        return
    limits = aws.ask("lambda", "get_account_settings")["AccountLimit"]
    left = int(limits["UnreservedConcurrentExecutions"]) - UNRESERVED_EXECUTIONS
    if left < RESERVED:
        problem = f"needs {RESERVED} reserved concurrent executions, {max(left, 0)} left in the quota"
        yield _request(problem, ("lambda", EXECUTIONS))


def cpus(aws: AwsState) -> Iterator[Problem]:
    """The quotas of running vCPUs are not below what the stack alone runs."""
    host, containers = aws.settings.host, aws.settings.containers
    if host is not None:
        kinds = aws.list(
            "ec2", "describe_instance_types", "InstanceTypes", InstanceTypes=[host.instance_type]
        )
        wanted = (
            2 * kinds[0]["VCpuInfo"]["DefaultVCpus"] if kinds else 0
        )  # an update starts the new host first
        yield from _too_few(aws, wanted, HOST_CPUS)
    if containers is not None:
        units = sum(one.cpu * one.max_tasks for one in containers.services.values())
        yield from _too_few(aws, -(-units // CPU_UNITS), TASK_CPUS)


def trails(aws: AwsState) -> Iterator[Problem]:
    """The region has room for the stack's trail."""
    if aws.settings.audit is None:
        return
    others = [
        one["Name"]
        for one in aws.ask("cloudtrail", "describe_trails")["trailList"]
        if one["Name"] != aws.names.trail
    ]
    if len(others) >= TRAILS:
        yield Problem(
            "account",
            f"has {len(others)} trails in {aws.settings.region} and AWS allows {TRAILS}: {', '.join(others)}",
            "delete one, or leave strongroom:audit out",
        )


def _too_few(aws: AwsState, wanted: int, code: tuple[str, str]) -> Iterator[Problem]:
    allowed = _quota(aws, code)
    if wanted > allowed:
        yield _request(f"needs {wanted} vCPUs, the quota is {allowed}", code)


def _quota(aws: AwsState, code: tuple[str, str]) -> int:
    answer = aws.ask("service-quotas", "get_service_quota", ServiceCode=code[0], QuotaCode=code[1])
    return int(answer["Quota"]["Value"])


def _request(problem: str, code: tuple[str, str]) -> Problem:
    return Problem("account", problem, f"increase quota {code[1]}")
