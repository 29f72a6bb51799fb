"""Checks the VPC endpoints: exactly the declared ones, each with a policy of ours."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, tags

_GONE = ("deleted", "deleting")  # listed for a while longer


@check("network-endpoints", "A25", "A53")
def endpoints(aws: AwsState) -> Iterator[Problem]:
    """Exactly the declared endpoints exist, each available and with a policy of ours."""
    if aws.vpc is None:
        return
    base = f"com.amazonaws.{aws.settings.region}."
    wanted = {"s3": "Gateway"} | dict.fromkeys(aws.settings.network.endpoints, "Interface")
    found = {
        one["ServiceName"].removeprefix(base): one
        for one in aws.in_vpc("describe_vpc_endpoints", "VpcEndpoints")
        if one["State"] not in _GONE
    }
    for service, kind in wanted.items():
        one = found.get(service)
        if one is None:
            yield Problem(aws.vpc["VpcId"], f"has no endpoint for {service}", BY_PROGRAM)
            continue
        if one["VpcEndpointType"] != kind or one["State"] != "available":
            yield Problem(
                one["VpcEndpointId"],
                f"{service}: is {one['VpcEndpointType']} and {one['State']}",
                BY_PROGRAM,
            )
        if kind == "Interface" and not one.get("PrivateDnsEnabled"):
            yield Problem(
                one["VpcEndpointId"], f"{service}: its private name is off, clients go round it", BY_PROGRAM
            )
        if not _bound_to(str(one.get("PolicyDocument") or ""), aws.settings.account_id):
            yield Problem(
                one["VpcEndpointId"], f"{service}: its policy does not bind it to the account", BY_PROGRAM
            )
    for service in sorted(found.keys() - wanted.keys()):
        if tags(found[service]).get("GuardDutyManaged") != "true":
            yield Problem(
                found[service]["VpcEndpointId"], f"{service}: is undeclared", "delete it, or declare it"
            )


def _bound_to(policy: str, account_id: str) -> bool:
    return "aws:PrincipalAccount" in policy and account_id in policy
