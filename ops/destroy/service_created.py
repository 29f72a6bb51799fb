"""Deletes what AWS services created by themselves: in the VPC, in the Cloud Map namespace, and log groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from ops.core import answers
from ops.core.context import StackContext
from ops.core.session import error_code
from ops.core.updater import Deployed
from ops.destroy.deletion import FUNCTION, LOG_GROUP

GUARDDUTY_TAG = "GuardDutyManaged"
"""The tag of the endpoint and the security group that Runtime Monitoring creates in a VPC.

Source: https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html
"""


def delete_in_vpc(context: StackContext) -> list[str]:
    """Delete GuardDuty's endpoint and its security group in the VPC; the IDs of both."""
    client, deleted = context.aws.client("ec2"), list[str]()
    endpoints = [
        one["VpcEndpointId"]
        for one in _managed(context, "describe_vpc_endpoints", "VpcEndpoints")
        if one.get("State", "").lower() not in ("deleting", "deleted")
    ]
    for endpoint in endpoints:
        answers.delete_endpoint(client, endpoint)
        deleted.append(endpoint)
    for group in _managed(context, "describe_security_groups", "SecurityGroups"):
        try:
            client.delete_security_group(GroupId=group["GroupId"])
        except ClientError as error:
            # The interfaces of the endpoint are deleted with a delay: the next attempt deletes the group.
            if error_code(error) not in ("DependencyViolation", "InvalidGroup.NotFound"):
                raise
        else:
            deleted.append(group["GroupId"])
    return deleted


def delete_in_namespace(context: StackContext) -> list[str]:
    """Delete the Cloud Map services that Service Connect created in the stack's namespace; their IDs.

    Cloud Map refuses to delete a namespace that has services.
    """
    aws, client, deleted = context.aws, context.aws.client("servicediscovery"), list[str]()
    if not context.settings.services:
        return deleted
    namespaces = {
        one["Id"]
        for one in aws.list("servicediscovery", "list_namespaces", "Namespaces")
        if one["Name"] == context.settings.names.cluster
    }
    for namespace in namespaces:
        filters = [{"Name": "NAMESPACE_ID", "Values": [namespace]}]
        for one in aws.list("servicediscovery", "list_services", "Services", Filters=filters):
            try:
                client.delete_service(Id=one["Id"])
            except ClientError as error:
                # Tasks are still registered: the next attempt deletes the service.
                if error_code(error) not in ("ResourceInUse", "ServiceNotFound"):
                    raise
            else:
                deleted.append(one["Id"])
    return deleted


def leftover_interfaces(
    context: StackContext, left: Sequence[Deployed], endpoints: Collection[str]
) -> list[str]:
    """The network interfaces in the VPC whose owner is deleted: AWS deletes them by itself, minutes later.

    They are those of Lambda functions once the state has no function any more, and those of ``endpoints``.
    """
    functions_left = any(one.type == FUNCTION for one in left)
    return [
        f"{one['NetworkInterfaceId']} ({description or one['InterfaceType']})"
        for one in context.aws.in_vpc("describe_network_interfaces", "NetworkInterfaces")
        for description in [one.get("Description", "")]
        if (one.get("InterfaceType") == "lambda" and not functions_left)
        or any(endpoint in description for endpoint in endpoints)
    ]


def log_groups(context: StackContext, resources: Sequence[Deployed]) -> list[str]:
    """The names of the log groups that services may create again after the stack's own are deleted."""
    names = {one.inputs["name"] for one in resources if one.type == LOG_GROUP and one.inputs.get("name")}
    insights = f"/aws/ecs/containerinsights/{context.settings.names.cluster}/performance"
    return sorted({*names, insights} if context.settings.services else names)


def delete_log_groups(context: StackContext, names: Sequence[str]) -> list[str]:
    """Delete these log groups where they exist; the names of those deleted."""
    client, deleted = context.aws.client("logs"), list[str]()
    for name in names:
        try:
            client.delete_log_group(logGroupName=name)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
        else:
            deleted.append(name)
    return deleted


def _managed(context: StackContext, operation: str, member: str) -> Iterator[dict[str, Any]]:
    for one in context.aws.in_vpc(operation, member):
        if {"Key": GUARDDUTY_TAG, "Value": "true"} in one.get("Tags", []):
            yield one
