"""Checks account-wide settings: MFA, access keys, the password policy and defaults of EC2 and Inspector."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from iam_documents import ParsedStatement, parse, statements
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState
from ops.core.session import error_code

LEAST_LENGTH, LONGEST_DAYS, LEAST_REMEMBERED = 14, 90, 24
_CLASSES = {
    "RequireLowercaseCharacters": "lower case letters",
    "RequireUppercaseCharacters": "upper case letters",
    "RequireNumbers": "numbers",
    "RequireSymbols": "symbols",
}


@check("account-root", "B38")
def root(aws: AwsState) -> Iterator[Problem]:
    """The root user has MFA and no access key."""
    account = f"account {aws.settings.account_id}"
    summary = aws.ask("iam", "get_account_summary")["SummaryMap"]
    if summary["AccountMFAEnabled"] != 1:
        yield Problem(account, "its root user has no MFA device", "sign in as root and register one")
    if summary.get("AccountAccessKeysPresent"):
        yield Problem(account, "its root user has an access key", "delete it: nothing requires it")


@check("account-users", "B10", "B38", "B41")
def users(aws: AwsState) -> Iterator[Problem]:
    """No IAM user has an access key, or a console password without MFA."""
    for user in aws.list("iam", "list_users", "Users"):
        name = user["UserName"]
        if aws.list("iam", "list_access_keys", "AccessKeyMetadata", UserName=name):
            yield Problem(f"user {name}", "has an access key", "delete it and use a role", ("B10", "B41"))
        factors = aws.list("iam", "list_mfa_devices", "MFADevices", UserName=name)
        if _signs_in(aws, name) and not factors:
            yield Problem(f"user {name}", "has a password and no MFA device", "register one", ("B38",))


@check("account-roles", "B38")
def roles(aws: AwsState) -> Iterator[Problem]:
    """No role may be assumed by users of the account without MFA."""
    for role in aws.list("iam", "list_roles", "Roles"):
        document = parse(role["AssumeRolePolicyDocument"])
        if any(
            _by_users(one, aws.settings.account_id) and not _with_mfa(one) for one in statements(document)
        ):
            remedy = "add the condition aws:MultiFactorAuthPresent to its trust policy, or delete it"
            yield Problem(f"role {role['RoleName']}", "users may assume it without MFA", remedy)


@check("account-passwords", "B38")
def passwords(aws: AwsState) -> Iterator[Problem]:
    """The password policy demands length, character types, a maximum age and no reuse."""
    if not aws.settings.owns_account:
        return
    subject = "password policy"
    try:
        policy = aws.ask("iam", "get_account_password_policy")["PasswordPolicy"]
    except ClientError as error:
        if error_code(error) != "NoSuchEntity":
            raise
        yield Problem(subject, "does not exist", BY_PROGRAM)
        return
    if policy.get("MinimumPasswordLength", 0) < LEAST_LENGTH:
        yield Problem(subject, f"allows passwords shorter than {LEAST_LENGTH} characters", BY_PROGRAM)
    for member, what in _CLASSES.items():
        if not policy.get(member):
            yield Problem(subject, f"allows passwords without {what}", BY_PROGRAM)
    if not 0 < policy.get("MaxPasswordAge", 0) <= LONGEST_DAYS:
        yield Problem(subject, f"allows passwords older than {LONGEST_DAYS} days", BY_PROGRAM)
    if policy.get("PasswordReusePrevention", 0) < LEAST_REMEMBERED:
        yield Problem(subject, f"allows reuse of the last {LEAST_REMEMBERED} passwords", BY_PROGRAM)


@check("account-defaults", "B62")
def defaults(aws: AwsState) -> Iterator[Problem]:
    """EBS encryption and IMDSv2 are the account's defaults, and Inspector scans what is declared."""
    audit = aws.settings.audit
    if audit is None or not audit.account_wide:
        return
    subject = f"account {aws.settings.account_id} in {aws.settings.region}"
    if not aws.ask("ec2", "get_ebs_encryption_by_default").get("EbsEncryptionByDefault"):
        yield Problem(subject, "EBS encryption by default is off", BY_PROGRAM)
    level = aws.ask("ec2", "get_instance_metadata_defaults").get("AccountLevel", {})
    if level.get("HttpTokens") != "required" or level.get("HttpPutResponseHopLimit") != 1:
        problem = "new instances do not require IMDSv2 with a hop limit of 1 by default"
        yield Problem(subject, problem, BY_PROGRAM)
    accounts = aws.items("inspector2", "batch_get_account_status", [aws.settings.account_id])
    state = next(iter(accounts), {}).get("resourceState", {})
    for kind in audit.inspector:
        if state.get(kind.lower(), {}).get("status") not in ("ENABLED", "ENABLING"):
            yield Problem(subject, f"Inspector does not scan {kind}", BY_PROGRAM)


def _signs_in(aws: AwsState, user: str) -> bool:
    try:
        aws.ask("iam", "get_login_profile", UserName=user)
    except ClientError as error:
        if error_code(error) != "NoSuchEntity":
            raise
        return False
    return True


def _by_users(statement: ParsedStatement, account: str) -> bool:
    """Whether it allows users: all principals, the whole account, or one of its users."""
    if statement.effect != "Allow" or statement.principals.excepted:
        return False
    iam = f"arn:aws:iam::{account}"
    named = (*statement.principals.of("AWS"), *statement.principals.of("*"))
    return any(one in ("*", account, f"{iam}:root") or one.startswith(f"{iam}:user/") for one in named)


def _with_mfa(statement: ParsedStatement) -> bool:
    # BoolIfExists would let in a session that has no such key, which is one without MFA.
    return any(
        (one.operator, one.key.lower(), one.values) == ("Bool", "aws:multifactorauthpresent", ("true",))
        for one in statement.conditions
    )
