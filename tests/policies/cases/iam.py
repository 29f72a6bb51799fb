"""IAM."""

import json
from collections.abc import Mapping
from typing import Any

from rules.aws.iam.users import USER_POLICIES
from rules.lib.resource_types import (
    ACCESS_KEY,
    IAM_USER,
    LOGIN_PROFILE,
    MANAGED_POLICY,
    PASSWORD_POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICIES_EXCLUSIVE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
)

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import Entry

ACCOUNT = "111122223333"
SECRET_ARN = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:aiponge/jwt-secret-AbCdEf"


def document(*statements: Mapping[str, Any]) -> str:
    """A document of Allow statements."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]}
    )


def allow(action: Any, resource: Any = "*", **more: Any) -> str:
    """A document that allows one thing."""
    return document({"Action": action, "Resource": resource, **more})


def trust(principal: Any, **condition: Any) -> str:
    """A trust document."""
    return document(
        {
            "Principal": principal,
            "Action": "sts:AssumeRole",
            **({"Condition": condition} if condition else {}),
        }
    )


GITHUB = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}


def github(subject: Any, audience: Any = "sts.amazonaws.com", operator: str = "StringEquals") -> str:
    """A trust document for GitHub."""
    claims = {
        "token.actions.githubusercontent.com:sub": subject,
        "token.actions.githubusercontent.com:aud": audience,
    }
    return trust(GITHUB, **{operator: {key: value for key, value in claims.items() if value is not None}})


OURS = document(
    {"Action": "secretsmanager:GetSecretValue", "Resource": [SECRET_ARN]},
    {
        "Action": "kms:Decrypt",
        "Resource": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1",
        "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}},
    },
    {"Action": "ecr:GetAuthorizationToken", "Resource": "*"},
)
SERVICE_TRUST = trust({"Service": "ecs-tasks.amazonaws.com"}, StringEquals={"aws:SourceAccount": ACCOUNT})
SUBJECT = "repo:owner@1/app@2:environment:prod"
_DEPLOY = {"permissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary", "maxSessionDuration": 3600}
_WRITE = "iam-no-unconstrained-write"
_PASS = {"Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}
_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/aiponge-task-user"
_EVERYTHING = (
    "iam-no-admin-star iam-no-star-action iam-no-star-resource iam-no-privilege-escalation"
    " iam-no-credentials-exposure iam-no-data-exfiltration iam-no-permissions-management"
    " iam-no-unconstrained-write iam-kms-scoped iam-passrole-scoped"
    " iam-no-service-star iam-no-iam-star iam-no-s3-star"
)


def permits(rules: str, action: Any, resource: Any = "*", **more: Any) -> Any:
    """A slip in a role policy."""
    return slip(rules, ROLE_POLICY, policy=allow(action, resource, **more))


SLIPS = [
    permits(_EVERYTHING, "*"),
    slip(_EVERYTHING, MANAGED_POLICY, policy=document({"NotAction": "aws-portal:*", "Resource": "*"})),
    slip(_EVERYTHING, ROLE, inlinePolicies=[{"name": "x", "policy": allow("*")}]),
    permits(
        "iam-no-star-action iam-no-service-star iam-no-data-exfiltration iam-no-privilege-escalation"
        " iam-passrole-scoped",
        "*",
        "arn:aws:s3:::logs/*",
    ),
    permits("iam-no-service-star", "logs:*", "arn:aws:logs:eu-west-1:111122223333:log-group:x"),
    permits("iam-no-star-resource", "rds:DescribeDBParameters"),
    permits("", "ecs:DescribeTaskDefinition"),
    permits(f"iam-no-star-resource {_WRITE}", "ec2:StopInstances"),
    permits("iam-no-star-resource", ["ecr:GetAuthorizationToken", "ecr:BatchGetImage"]),
    permits("", "ec2:StopInstances", Condition={"StringEquals": {"aws:ResourceTag/App": "aiponge"}}),
    permits("iam-no-privilege-escalation", "iam:PutRolePolicy", _ROLE_ARN),
    permits(
        "iam-no-privilege-escalation iam-passrole-scoped",
        ["iam:PassRole", "ecs:RegisterTaskDefinition"],
        f"arn:aws:iam::{ACCOUNT}:role/*",
        **_PASS,
    ),
    permits("iam-no-credentials-exposure iam-no-star-resource", "sts:AssumeRole"),
    permits("", "sts:AssumeRole", _ROLE_ARN),
    permits("iam-no-data-exfiltration iam-no-star-resource", "secretsmanager:GetSecretValue"),
    permits("iam-no-data-exfiltration", "secretsmanager:GetSecretValue", SECRET_ARN.replace("AbCdEf", "*")),
    permits(
        "iam-no-data-exfiltration", "secretsmanager:GetSecretValue", SECRET_ARN.replace("eu-west-1", "*")
    ),
    permits(
        "iam-no-data-exfiltration",
        "ssm:GetParameters",
        "arn:aws:ssm:eu-west-1:*:parameter/cinematch/production/db",
    ),
    permits("iam-no-data-exfiltration", "ssm:GetParam*", "arn:aws:ssm:eu-west-1:1:parameter/cinematch/*"),
    permits("", "secretsmanager:GetSecretValue", SECRET_ARN.replace("AbCdEf", "??????")),
    permits("", "s3:GetObject", "arn:aws:s3:::artifacts/*"),
    permits(f"iam-no-permissions-management iam-no-star-resource {_WRITE}", "kms:PutKeyPolicy"),
    permits(
        f"iam-no-iam-star iam-no-service-star iam-no-privilege-escalation iam-no-credentials-exposure"
        f" iam-no-permissions-management iam-no-star-resource iam-passrole-scoped {_WRITE}",
        "iam:*",
    ),
    permits(
        f"iam-no-s3-star iam-no-service-star iam-no-data-exfiltration iam-no-permissions-management"
        f" iam-no-star-resource {_WRITE}",
        "s3:*",
    ),
    permits("iam-kms-scoped iam-no-star-resource", "kms:Decrypt"),
    permits("iam-kms-scoped", "kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/*"),
    permits("", "kms:Decrypt", Condition={"StringEquals": {"kms:ResourceAliases": "alias/aiponge-secrets"}}),
    permits("iam-passrole-scoped", "iam:PassRole", _ROLE_ARN),
    permits("", "iam:PassRole", _ROLE_ARN, **_PASS),
    permits(
        "iam-passrole-scoped",
        "iam:PassRole",
        _ROLE_ARN,
        Condition={"StringEqualsIfExists": {"iam:PassedToService": "x"}},
    ),
    slip(
        "",
        ROLE_POLICY,
        policy=json.dumps({"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}),
    ),
    slip("iam-trust-no-wildcard iam-trust-no-account-root", ROLE, assumeRolePolicy=trust("*")),
    slip("iam-trust-no-wildcard iam-trust-no-account-root", ROLE, assumeRolePolicy=trust({"AWS": "*"})),
    slip("iam-trust-no-account-root", ROLE, assumeRolePolicy=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    slip("iam-trust-no-account-root", ROLE, assumeRolePolicy=trust({"AWS": ACCOUNT})),
    fine(ROLE, assumeRolePolicy=trust({"AWS": ACCOUNT}, Bool={"aws:MultiFactorAuthPresent": "true"})),
    fine(ROLE, assumeRolePolicy=github(SUBJECT), **_DEPLOY),
    fine(ROLE, assumeRolePolicy=github("repo:owner/app:ref:refs/heads/main"), **_DEPLOY),
    slip("iam-oidc-github own-oidc-pinned", ROLE, assumeRolePolicy=github("repo:*"), **_DEPLOY),
    slip("iam-oidc-github own-oidc-pinned", ROLE, assumeRolePolicy=github(None), **_DEPLOY),
    slip(
        "iam-oidc-github own-oidc-pinned",
        ROLE,
        assumeRolePolicy=github(SUBJECT, operator="ForAllValues:StringEquals"),
        **_DEPLOY,
    ),
    slip(
        "iam-oidc-github own-oidc-pinned",
        ROLE,
        assumeRolePolicy=github("ref:refs/heads/main:repo:owner/app"),
        **_DEPLOY,
    ),
    slip("own-oidc-pinned", ROLE, assumeRolePolicy=github("repo:owner/*:environment:prod"), **_DEPLOY),
    slip("own-oidc-pinned", ROLE, assumeRolePolicy=github("repo:owner/app:pull_request"), **_DEPLOY),
    slip("own-oidc-pinned", ROLE, assumeRolePolicy=github("repo:owner/app:*"), **_DEPLOY),
    slip("own-oidc-pinned", ROLE, assumeRolePolicy=github(SUBJECT, None), **_DEPLOY),
    slip(
        "own-oidc-pinned", ROLE, assumeRolePolicy=github(SUBJECT), **{**_DEPLOY, "maxSessionDuration": 3601}
    ),
    slip("own-oidc-pinned", ROLE, assumeRolePolicy=github(SUBJECT), maxSessionDuration=3600),
    slip("iam-confused-deputy", ROLE, assumeRolePolicy=trust({"Service": "ecs-tasks.amazonaws.com"})),
    fine(ROLE, assumeRolePolicy=trust({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]})),
    slip(
        "iam-no-admin-managed iam-managed-policy-listed",
        ROLE_POLICY_ATTACHMENT,
        policyArn="arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    slip(
        "iam-no-admin-managed iam-managed-policy-listed",
        ROLE,
        managedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"],
    ),
    slip(
        "iam-no-iamfullaccess iam-managed-policy-listed",
        ROLE_POLICY_ATTACHMENT,
        policyArn="arn:aws:iam::aws:policy/IAMFullAccess",
    ),
    slip(
        "iam-managed-policy-listed",
        ROLE_POLICY_ATTACHMENT,
        policyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    ),
    fine(ROLE_POLICY_ATTACHMENT, policyArn=f"arn:aws:iam::{ACCOUNT}:policy/own"),
    slip("iam-no-users", IAM_USER, name="u"),
    slip("iam-no-users", ACCESS_KEY, user="u"),
    slip("iam-no-users", LOGIN_PROFILE, user="u"),
    slip("iam-no-user-policies", USER_POLICIES[1], user="u", policyArn="arn:p"),
    slip("iam-no-user-policies", POLICY_ATTACHMENT, users=["u"], policyArn="arn:p"),
    fine(POLICY_ATTACHMENT, roles=["r"], policyArn="arn:p"),
    slip("iam-password-expiry", PASSWORD_POLICY, maxPasswordAge=91),
    slip("iam-password-expiry", PASSWORD_POLICY, maxPasswordAge=None),
    slip("iam-password-length", PASSWORD_POLICY, minimumPasswordLength=13),
    slip("iam-password-reuse", PASSWORD_POLICY, passwordReusePrevention=23),
    slip("iam-password-lower", PASSWORD_POLICY, requireLowercaseCharacters=False),
    slip("iam-password-upper", PASSWORD_POLICY, requireUppercaseCharacters=None),
    slip("iam-password-number", PASSWORD_POLICY, requireNumbers=None),
    slip("iam-password-symbol", PASSWORD_POLICY, requireSymbols=None),
]

_ROLE = Entry(ROLE, {"assumeRolePolicy": SERVICE_TRUST})
STACKS = {
    "roles": {
        "role": _ROLE,
        "policy": Entry(ROLE_POLICY, {"policy": OURS}, {"role": ("role",)}),
        "list": Entry(ROLE_POLICIES_EXCLUSIVE, {"policyNames": ["policy"]}, {"roleName": ("role",)}),
        "attached": Entry(ROLE_POLICY_ATTACHMENT, {"policyArn": "arn:p"}, {"role": ("role",)}),
    }
}
STACK_SLIPS = [
    stack_slip(
        "iam-role-no-policy-conflict",
        "roles",
        {"role": _ROLE.but(inlinePolicies=[{"name": "x", "policy": OURS}])},
    ),
    stack_slip("iam-role-no-policy-conflict", "roles", {"role": _ROLE.but(managedPolicyArns=["arn:p"])}),
    stack_slip("", "roles", {"role": _ROLE.but(managedPolicyArns=["arn:p"]), "attached": None}),
    stack_slip("iam-no-console-user", "roles", {"profile": Entry(LOGIN_PROFILE, {"user": "u"})}),
]
