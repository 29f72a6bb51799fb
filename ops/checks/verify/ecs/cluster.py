"""Checks that the cluster has exactly the declared services, in private subnets and own security groups."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.ecs.tasks import (
    cluster_name,
    cluster_of,
    listed,
    newest_definition,
    one_off,
    platform_of,
    running,
)
from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState


@check("containers-cluster", "A22", "A51")
def cluster(aws: AwsState) -> Iterator[Problem]:
    """The cluster exists, with the Container Insights metrics that alarms use."""
    if not platform_of(aws):
        return
    found = cluster_of(aws)
    if found is None:
        yield Problem(f"cluster {cluster_name(aws)}", "does not exist", BY_PROGRAM)
        return
    insights = {one["name"]: one["value"] for one in found.get("settings", [])}
    if insights.get("containerInsights") not in ("enabled", "enhanced"):
        yield Problem(f"cluster {cluster_name(aws)}", "Container Insights is off", BY_PROGRAM)


@check("containers-services", "A4", "A8", "A22", "A38")
def every_service(aws: AwsState) -> Iterator[Problem]:
    """Each declared service and one-off task exists, and the cluster has no other service."""
    if not platform_of(aws) or not cluster_of(aws):
        return
    there, wanted = listed(aws), {aws.names.part(name) for name in aws.settings.services}
    for name in sorted(wanted - there.keys()):
        yield Problem(f"service {name}", "does not exist", BY_PROGRAM)
    for name in sorted(there.keys() - wanted):
        yield Problem(f"service {name}", "is in the cluster and undeclared", "delete it, or declare it")
    for family, _, _ in one_off(aws):
        if newest_definition(aws, family) is None:
            yield Problem(f"task {family}", "has no active task definition", BY_PROGRAM)


@check("containers-network", "A22", "A38")
def private(aws: AwsState) -> Iterator[Problem]:
    """Each service is in the private subnets only, with its own security group and no public address."""
    inside = {one["SubnetId"] for one in subnets(aws, "private")}
    groups = {
        one["GroupName"]: one["GroupId"] for one in aws.in_vpc("describe_security_groups", "SecurityGroups")
    }
    for one in running(aws):
        network = one.service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        if network.get("assignPublicIp", "DISABLED") != "DISABLED":
            yield Problem(one.subject, "assigns public IP addresses to its tasks", BY_PROGRAM)
        outside = set(network.get("subnets", [])) - inside
        if outside or not network.get("subnets"):
            yield Problem(one.subject, f"is not in the private subnets only ({_joined(outside)})", BY_PROGRAM)
        if network.get("securityGroups") != [groups.get(aws.names.part(one.name))]:
            yield Problem(
                one.subject, f"its security group is not {aws.names.part(one.name)} alone", BY_PROGRAM
            )


def _joined(ids: set[str]) -> str:
    return ", ".join(sorted(ids)) or "none"
