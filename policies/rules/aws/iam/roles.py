"""IAM roles: attached managed policies, inline policies."""

from __future__ import annotations

import re

from rules.lib.resource_types import (
    GROUP_ATTACHMENTS_EXCLUSIVE,
    GROUP_POLICY_ATTACHMENT,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_ATTACHMENTS_EXCLUSIVE,
    ROLE_POLICIES_EXCLUSIVE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    USER_ATTACHMENTS_EXCLUSIVE,
    USER_POLICY_ATTACHMENT,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, parts, text, values
from rules.pack.rule import A, M, Resource, ResourceRule, resource_rule, stack_rule

ATTACHMENTS = (
    ROLE_POLICY_ATTACHMENT,
    USER_POLICY_ATTACHMENT,
    GROUP_POLICY_ATTACHMENT,
    POLICY_ATTACHMENT,
    ROLE_ATTACHMENTS_EXCLUSIVE,
    GROUP_ATTACHMENTS_EXCLUSIVE,
    USER_ATTACHMENTS_EXCLUSIVE,
)
_AWS_MANAGED = "arn:aws:iam::aws:policy/"
_OF_A_PARTITION = re.compile(r"arn:[a-z-]+:iam::aws:policy/")
# AWS services need these, and AWS maintains them; none allows reading a secret.
LISTED = frozenset(
    _AWS_MANAGED + name
    for name in (
        "service-role/AmazonRDSEnhancedMonitoringRole",
        "service-role/AWSBackupServiceRolePolicyForBackup",
        "service-role/AWSBackupServiceRolePolicyForRestores",
        "service-role/AWS_ConfigRole",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "CloudWatchAgentServerPolicy",
    )
)


def _attached(props: Props) -> list[str]:
    """The ARNs of the policies that a resource attaches, those of AWS as in the partition ``aws``."""
    arns = [text(props, "policyArn"), *values(props, "managedPolicyArns"), *values(props, "policyArns")]
    return [_OF_A_PARTITION.sub(_AWS_MANAGED, arn) for arn in arns if isinstance(arn, str)]


def _never(name: str, policy: str) -> ResourceRule:
    return resource_rule(
        name,
        M,
        (ROLE, *ATTACHMENTS),
        f"{policy} is not attached.",
        "write a policy with the permissions that are needed",
        holds=lambda props: _AWS_MANAGED + policy not in _attached(props),
    )


def _one_way(role: Resource, stack: Stack) -> bool:
    inline = bool(parts(role.props, "inlinePolicies"))
    managed = bool(values(role.props, "managedPolicyArns"))
    apart = stack.referrers(role, ROLE_POLICY, "role") or stack.referrers(
        role, ROLE_POLICIES_EXCLUSIVE, "roleName"
    )
    attached = stack.referrers(role, ROLE_POLICY_ATTACHMENT, "role") or stack.referrers(
        role, ROLE_ATTACHMENTS_EXCLUSIVE, "roleName"
    )
    return not (inline and apart) and not (managed and attached)


RULES = [
    _never("iam-no-admin-managed", "AdministratorAccess"),
    _never("iam-no-iamfullaccess", "IAMFullAccess"),
    resource_rule(
        "iam-managed-policy-listed",
        A,
        (ROLE, *ATTACHMENTS),
        "Only the AWS managed policies on the allow list are attached.",
        "write a policy of your own, or add this one to the allow list with a reason",
        holds=lambda props: all(arn in LISTED for arn in _attached(props) if arn.startswith(_AWS_MANAGED)),
    ),
    stack_rule(
        "iam-role-no-policy-conflict",
        M,
        ROLE,
        "A role's policies are either all inline arguments or all separate resources, which would conflict.",
        "remove inline_policies and managed_policy_arns from the role",
        holds=_one_way,
    ),
]
