"""IAM users and the password policy: no users or access keys, strong passwords."""

from __future__ import annotations

from rules.lib.resource_types import (
    ACCESS_KEY,
    IAM_USER,
    LOGIN_PROFILE,
    PASSWORD_POLICY,
    POLICY_ATTACHMENT,
    USER_POLICY,
    USER_POLICY_ATTACHMENT,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, number, on, values
from rules.pack.rule import A, M, Resource, ResourceRule, resource_rule, stack_rule

USER_POLICIES = (USER_POLICY, USER_POLICY_ATTACHMENT)
MAX_AGE_DAYS, MIN_LENGTH, REMEMBERED = 90, 14, 24


def _never(_: Props) -> bool:
    return False


def _on_no_user(policy: Props) -> bool:
    """Of these types only ``PolicyAttachment`` can have targets other than users."""
    return ("roles" in policy or "groups" in policy) and not values(policy, "users")


def _no_profile(_: Resource, __: Stack) -> bool:
    return False


def _switch(name: str, key: str, what: str, argument: str) -> ResourceRule:
    return resource_rule(
        name,
        A,
        PASSWORD_POLICY,
        f"The password policy requires {what}.",
        f"set {argument}=True",
        holds=lambda policy: on(policy, key),
    )


RULES = [
    resource_rule(
        "iam-no-users",
        M,
        (IAM_USER, ACCESS_KEY, LOGIN_PROFILE),
        "A stack creates no IAM user, password or access key.",
        "use a role",
        holds=_never,
        requirements=("B10",),
    ),
    stack_rule(
        "iam-no-console-user",
        M,
        LOGIN_PROFILE,
        "A stack creates no console password.",
        "use a role",
        holds=_no_profile,
    ),
    resource_rule(
        "iam-no-user-policies",
        M,
        (*USER_POLICIES, POLICY_ATTACHMENT),
        "Policies are attached to roles and groups only.",
        "attach the policy to a role",
        holds=_on_no_user,
    ),
    resource_rule(
        "iam-password-expiry",
        A,
        PASSWORD_POLICY,
        f"The password policy sets a maximum age of {MAX_AGE_DAYS} days.",
        f"set max_password_age to {MAX_AGE_DAYS} or less",
        holds=lambda policy: 0 < number(policy, "maxPasswordAge") <= MAX_AGE_DAYS,
    ),
    resource_rule(
        "iam-password-length",
        A,
        PASSWORD_POLICY,
        f"The password policy requires at least {MIN_LENGTH} characters.",
        f"set minimum_password_length to {MIN_LENGTH} or more",
        holds=lambda policy: number(policy, "minimumPasswordLength") >= MIN_LENGTH,
    ),
    resource_rule(
        "iam-password-reuse",
        A,
        PASSWORD_POLICY,
        f"The password policy prevents the reuse of the last {REMEMBERED} passwords.",
        f"set password_reuse_prevention to {REMEMBERED}",
        holds=lambda policy: number(policy, "passwordReusePrevention") >= REMEMBERED,
    ),
    _switch(
        "iam-password-lower",
        "requireLowercaseCharacters",
        "a lower-case letter",
        "require_lowercase_characters",
    ),
    _switch(
        "iam-password-upper",
        "requireUppercaseCharacters",
        "an upper-case letter",
        "require_uppercase_characters",
    ),
    _switch("iam-password-number", "requireNumbers", "a digit", "require_numbers"),
    _switch("iam-password-symbol", "requireSymbols", "a symbol", "require_symbols"),
]
