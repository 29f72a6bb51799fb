"""Writes the flow log of a VPC, accepted and rejected traffic, to an encrypted log group every minute."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch, ec2, iam

from components.iam import document, service_trust
from components.options import child_of, unprotected_child
from iam_documents import allow
from settings.names import Names

INTERVAL_S = 60


def log_flows(
    owner: pulumi.Resource,
    *,
    name: str,
    vpc_id: pulumi.Input[str],
    names: Names,
    retention_days: int,
    key_arn: pulumi.Input[str],
) -> None:
    """Give ``owner``'s VPC its flow log, with a role that writes to that log group only."""
    group = cloudwatch.LogGroup(
        f"{name}-flow",
        name=names.log_group("flow"),
        retention_in_days=retention_days,
        kms_key_id=key_arn,
        opts=child_of(owner),
    )
    role = iam.Role(
        f"{name}-flow",
        name=names.part("flow-logs"),
        assume_role_policy=service_trust("vpc-flow-logs.amazonaws.com", names.account_id),
        opts=child_of(owner),
    )
    actions = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
    permission = iam.RolePolicy(
        f"{name}-flow",
        role=role.name,
        policy=document(
            allow(actions, [group.arn, pulumi.Output.concat(group.arn, ":*")]),
            allow("logs:DescribeLogGroups", "*"),  # lists; takes no resource
        ),
        opts=unprotected_child(owner),
    )
    ec2.FlowLog(
        f"{name}-flow",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        max_aggregation_interval=INTERVAL_S,
        opts=child_of(owner, [permission]),
    )
