"""Checks that exactly the declared VPC endpoints exist, with a policy that names the account."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState, tags

_GONE = ("deleted", "deleting")  # EC2 lists them for a while


@check("network-endpoints", "A25", "A53")
def endpoints(aws: AwsState) -> Iterator[Problem]:
    """Exactly the declared endpoints exist, available, with private DNS and a policy for the account."""
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
                one["VpcEndpointId"], f"{service}: private DNS is off, so clients bypass it", BY_PROGRAM
            )
        if not _bound_to(str(one.get("PolicyDocument") or ""), aws.settings.account_id):
            yield Problem(
                one["VpcEndpointId"],
                f"{service}: its policy does not restrict aws:PrincipalAccount",
                BY_PROGRAM,
            )
    for service in sorted(found.keys() - wanted.keys()):
        if tags(found[service]).get("GuardDutyManaged") != "true":
            yield Problem(
                found[service]["VpcEndpointId"], f"{service}: is undeclared", "delete it, or declare it"
            )


def _bound_to(policy: str, account_id: str) -> bool:
    return "aws:PrincipalAccount" in policy and account_id in policy
