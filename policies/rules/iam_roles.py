"""IAM roles: who may become one, and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable

from . import documents, trust
from .graph import Stack
from .iam import ROLE, ROLE_POLICY
from .reading import Props, is_set, number, parts, text, values
from .rule import A, Level, M, P, Resource, ResourceRule, relate, require

ROLE_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ATTACHMENTS = (
    ROLE_ATTACHMENT,
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
INLINE_LIST = "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
ATTACHED_LIST = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
LONGEST_SESSION_S = 3600
_AWS_MANAGED = "arn:aws:iam::aws:policy/"
# What services of AWS need for themselves and AWS keeps up to date; none can read a secret.
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


def _trusts(slug: str) -> Callable[[Props], bool]:
    judge = trust.JUDGES[slug]
    return lambda role: not any(map(judge, documents.allows(role.get("assumeRolePolicy"))))


def _pinned(role: Props) -> bool:
    document = role.get("assumeRolePolicy")
    if not any(map(trust.is_github, documents.allows(document))):
        return True
    short = number(role, "maxSessionDuration", LONGEST_SESSION_S) <= LONGEST_SESSION_S
    return _trusts("own-oidc-pinned")(role) and short and is_set(role, "permissionsBoundary")


def _attached(props: Props) -> list[str]:
    return [text(props, "policyArn"), *values(props, "managedPolicyArns"), *values(props, "policyArns")]


def _never(name: str, policy: str) -> ResourceRule:
    return require(
        name,
        M,
        (ROLE, ATTACHED_LIST, *ATTACHMENTS),
        f"{policy} is attached to nothing.",
        "attach a policy of your own",
        lambda props: _AWS_MANAGED + policy not in _attached(props),
    )


def _one_way(role: Resource, stack: Stack) -> bool:
    inline = bool(parts(role.props, "inlinePolicies"))
    managed = bool(values(role.props, "managedPolicyArns"))
    apart = stack.referrers(role, ROLE_POLICY, "role") or stack.referrers(role, INLINE_LIST, "roleName")
    attached = stack.referrers(role, ROLE_ATTACHMENT, "role") or stack.referrers(
        role, ATTACHED_LIST, "roleName"
    )
    return not (inline and apart) and not (managed and attached)


def _trust_rule(name: str, level: Level, sentence: str, fix: str) -> ResourceRule:
    return require(name, level, ROLE, sentence, fix, _trusts(name))


RULES = [
    _trust_rule(
        "iam-trust-no-wildcard",
        M,
        "No role can be taken by everybody.",
        "name the principals that may assume it",
    ),
    _trust_rule(
        "iam-trust-no-account-root",
        P,
        "No role can be taken by a whole account.",
        "name roles, or bind the account with a condition",
    ),
    _trust_rule(
        "iam-oidc-github",
        M,
        "A role for GitHub names the owner of the repository.",
        "set StringEquals on the sub claim to repo:OWNER/REPOSITORY:environment:NAME",
    ),
    require(
        "own-oidc-pinned",
        M,
        ROLE,
        "A role for GitHub names audience, repository and environment or branch, for an hour, in a boundary.",
        "its sub has a wildcard, is a pull request's, or lacks repository, environment or ref; or the session"
        " is over an hour, or permissions_boundary is missing",
        _pinned,
    ),
    _trust_rule(
        "iam-confused-deputy",
        A,
        "A service takes a role only on behalf of our own account.",
        "set aws:SourceAccount or aws:SourceArn in the trust document",
    ),
    _never("iam-no-admin-managed", "AdministratorAccess"),
    _never("iam-no-iamfullaccess", "IAMFullAccess"),
    require(
        "iam-managed-policy-listed",
        A,
        (ROLE, ATTACHED_LIST, *ATTACHMENTS),
        "AWS managed policies come from a short list.",
        "write the permissions out, or add the policy to the list with a reason",
        lambda props: all(
            arn in LISTED for arn in _attached(props) if isinstance(arn, str) and arn.startswith(_AWS_MANAGED)
        ),
    ),
    relate(
        "iam-role-no-policy-conflict",
        M,
        ROLE,
        "A role's policies are all inside it or all apart, else they undo each other.",
        "remove inline_policies and managed_policy_arns from the role",
        _one_way,
    ),
]
