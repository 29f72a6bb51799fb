"""The role with which RDS writes the metrics of Enhanced Monitoring."""

from __future__ import annotations

import pulumi
from pulumi_aws import iam

from components.iam import document, service_trust
from components.options import child_of, unprotected_child
from iam_documents import allow
from settings.names import Names


def monitoring_role(owner: pulumi.Resource, names: Names) -> iam.Role:
    """Give ``owner`` the role, which may write to the one log group that RDS writes to."""
    role = iam.Role(
        f"{owner.pulumi_resource_name}-monitoring",
        name=names.part("rds-monitoring"),
        assume_role_policy=service_trust("monitoring.rds.amazonaws.com", names.account_id),
        opts=child_of(owner),
    )
    # IAM compares requests for a log group with its ARN and a suffix, whence the `:*`.
    group = f"arn:aws:logs:{names.region}:{names.account_id}:log-group:RDSOSMetrics"
    iam.RolePolicy(
        f"{owner.pulumi_resource_name}-monitoring",
        role=role.name,
        policy=document(
            allow(("logs:CreateLogGroup", "logs:PutRetentionPolicy"), [group, f"{group}:*"]),
            allow(
                (
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                    "logs:DescribeLogStreams",
                    "logs:GetLogEvents",
                ),
                f"{group}:log-stream:*",
            ),
        ),
        opts=unprotected_child(owner),
    )
    return role
