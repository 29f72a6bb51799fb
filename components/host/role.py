"""The host's role: read its own parameters, be managed by Systems Manager, write its logs and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.iam import document, service_trust
from components.kms import Keys
from components.options import child_of, unprotected_child
from iam_documents import Statement, allow, open_channels, read_parameters
from settings.grants import StoreEntry
from settings.host_env import host_namespace
from settings.names import Names

AGENT_NAMESPACE = "CWAgent"
_DOCUMENT_OWNERS = ("AWS", "AmazonGuardDuty", "AmazonInspector2")
"""Prefixes of the documents that AWS's services run on hosts."""
_WITHOUT_RESOURCE = (
    "ssm:GetDeployablePatchSnapshotForInstance",
    "ssm:GetManifest",
    "ssm:ListAssociations",
    "ssm:PutConfigurePackageResult",
    "ssm:PutInventory",
)


def declared_names(names: Names, entries: Sequence[StoreEntry], plain: Sequence[str]) -> tuple[str, ...]:
    """Exact names of the parameters that the stack declares for the host: secrets and configuration."""
    return (*(entry.store_name for entry in entries), *(names.parameter(key) for key in plain))


def parameter_names(names: Names, entries: Sequence[StoreEntry], plain: Sequence[str]) -> tuple[str, ...]:
    """Exact names of everything the host reads: the declared parameters, and the deployed image's digest."""
    return (*declared_names(names, entries, plain), names.image_digest_parameter)


def parameter_rights(
    names: Names, entries: Sequence[StoreEntry], plain: Sequence[str], key_arn: pulumi.Input[str]
) -> tuple[Statement, ...]:
    """Allow reading exact names only: a path would include parameters of others."""
    return read_parameters(
        "ssm:GetParameters",
        [names.parameter_arn(one) for one in parameter_names(names, entries, plain)],
        [names.parameter_arn(entry.store_name) for entry in entries],
        key_arn,
        names.region,
    )


def agent_rights(
    names: Names, log_groups: Sequence[str], session_key_arn: pulumi.Input[str]
) -> tuple[Statement, ...]:
    """What the SSM and CloudWatch agents need; AWS's managed policy could read every parameter."""
    instances = f"arn:aws:ec2:{names.region}:{names.account_id}:instance/*"
    streams = [
        f"arn:aws:logs:{names.region}:{names.account_id}:log-group:{group}:log-stream:*"
        for group in log_groups
    ]
    groups = [f"arn:aws:logs:{names.region}:{names.account_id}:log-group:{group}:*" for group in log_groups]
    return (
        open_channels(),
        allow(("ssm:UpdateInstanceInformation", "ssm:PutComplianceItems"), instances),
        allow(_WITHOUT_RESOURCE, "*"),
        # State Manager, by which Inspector and GuardDuty install and run their plugins on hosts.
        allow("ssm:ListInstanceAssociations", instances),
        allow(
            ("ssm:DescribeAssociation", "ssm:UpdateInstanceAssociationStatus"),
            [f"arn:aws:ssm:{names.region}:{names.account_id}:association/*", instances],
        ),
        allow(
            ("ssm:DescribeDocument", "ssm:GetDocument", "ssm:UpdateAssociationStatus"),
            [
                *(f"arn:aws:ssm:{names.region}:*:document/{owner}-*" for owner in _DOCUMENT_OWNERS),
                instances,
            ],
        ),
        allow("s3:GetObject", names.patch_modules_arn),
        allow("kms:Decrypt", session_key_arn),
        allow("logs:DescribeLogStreams", groups),
        allow(("logs:CreateLogStream", "logs:PutLogEvents"), streams),
        allow("logs:DescribeLogGroups", "*"),  # Session Manager checks whether its log group is encrypted
        allow(
            "cloudwatch:PutMetricData",
            "*",  # metrics have no ARN
            {"StringEquals": {"cloudwatch:namespace": [AGENT_NAMESPACE, host_namespace(names)]}},
        ),
    )


@dataclass(frozen=True, kw_only=True)
class HostRole:
    """A host's role, and what an instance that uses it depends on."""

    role: iam.Role
    profile: iam.InstanceProfile
    rights: Sequence[pulumi.Resource]


def host_role(
    owner: pulumi.Resource,
    name: str,
    *,
    names: Names,
    keys: Keys,
    entries: Sequence[StoreEntry],
    shared_rights: Sequence[Statement] = (),
    plain_parameters: Sequence[str],
    log_groups: Sequence[str],
) -> HostRole:
    """The role of one host, with two or three inline policies and no attached policy."""
    role = iam.Role(
        f"{name}-role",
        name=names.host_role,
        description="The docker-compose host: reads its parameters, writes its logs",
        assume_role_policy=service_trust("ec2.amazonaws.com"),
        max_session_duration=3600,
        opts=child_of(owner),
    )
    documents = {
        "ssm-parameters": parameter_rights(names, entries, plain_parameters, keys.arns["secrets"]),
        "agents": agent_rights(names, log_groups, keys.arns["sessions"]),
    }
    if shared_rights:
        documents["shared"] = tuple(shared_rights)
    policies = [
        iam.RolePolicy(
            f"{name}-{what}",
            name=names.part(f"ec2-{what}"),
            role=role.name,
            policy=document(*statements),
            opts=unprotected_child(owner),
        )
        for what, statements in documents.items()
    ]
    iam.RolePoliciesExclusive(
        f"{name}-policies",
        role_name=role.name,
        policy_names=[policy.name for policy in policies],
        opts=unprotected_child(owner),
    )
    iam.RolePolicyAttachmentsExclusive(
        f"{name}-attachments", role_name=role.name, policy_arns=[], opts=unprotected_child(owner)
    )
    profile = iam.InstanceProfile(
        f"{name}-profile", name=names.host_role, role=role.name, opts=child_of(owner)
    )
    return HostRole(role=role, profile=profile, rights=policies)
