"""Checks the stack's KMS keys: state, rotation and key policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from iam_documents import Document, ParsedStatement, parse, statements
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState
from settings.kms_purposes import ECS_EXEC, Purpose, kms_purposes


def key_policy(aws: AwsState, arn: str) -> Document:
    """The parsed policy of one key."""
    return parse(aws.ask("kms", "get_key_policy", KeyId=arn, PolicyName="default")["Policy"])


def key_arns(aws: AwsState) -> dict[Purpose, str]:
    """ARNs of the stack's KMS keys that exist, by purpose."""
    found: dict[Purpose, str] = {}
    for purpose in kms_purposes(aws.settings):
        arn = _exec_key_arn(aws) if purpose == ECS_EXEC else aws.key_arns.get(purpose)
        if arn:
            found[purpose] = arn
    return found


def _exec_key_arn(aws: AwsState) -> str | None:
    """The ARN of the key in the ECS cluster's configuration, which may name it by ID, ARN or alias."""
    names, asked = [aws.names.cluster], ["CONFIGURATIONS"]
    for cluster in aws.items("ecs", "describe_clusters", names, may_be_absent=True, include=asked):
        sessions = (cluster.get("configuration") or {}).get("executeCommandConfiguration") or {}
        if sessions.get("kmsKeyId"):
            return aws.ask("kms", "describe_key", KeyId=sessions["kmsKeyId"])["KeyMetadata"]["Arn"]
    return None


def key_name(aws: AwsState, purpose: Purpose) -> str:
    """The name of a key in findings."""
    if purpose == ECS_EXEC:
        return f"ECS Exec key of cluster {aws.names.cluster}"
    return aws.names.key_alias(purpose)


@check("keys-present", "A3", "A16")
def present(aws: AwsState) -> Iterator[Problem]:
    """Each purpose has its own customer managed key, which is enabled."""
    arns = key_arns(aws)
    for purpose in kms_purposes(aws.settings):
        called, arn = key_name(aws, purpose), arns.get(purpose)
        if arn is None:
            where = "the cluster names no key" if purpose == ECS_EXEC else "this alias has no key"
            yield Problem(called, where, BY_PROGRAM)
            continue
        key = aws.ask("kms", "describe_key", KeyId=arn)["KeyMetadata"]
        if key["KeyManager"] != "CUSTOMER":
            yield Problem(
                called, f"its key is managed by {key['KeyManager']}, not by the customer", BY_PROGRAM
            )
        if key["KeyState"] != "Enabled":
            yield Problem(called, f"its key is {key['KeyState']}", "enable it, or cancel its deletion")
    for arn, times in Counter(arns.values()).items():
        if times > 1:
            purposes = ", ".join(purpose for purpose, one in arns.items() if one == arn)
            yield Problem(arn, f"this key is used for several purposes: {purposes}", BY_PROGRAM)


@check("keys-rotate", "A16")
def rotate(aws: AwsState) -> Iterator[Problem]:
    """Automatic key rotation is on for every key."""
    for purpose, arn in key_arns(aws).items():
        if not aws.ask("kms", "get_key_rotation_status", KeyId=arn).get("KeyRotationEnabled"):
            yield Problem(key_name(aws, purpose), "automatic key rotation is off", BY_PROGRAM)


@check("keys-policy", "A3", "A16")
def policies(aws: AwsState) -> Iterator[Problem]:
    """No key policy allows every principal, another account, or the whole account without a condition."""
    own = {aws.settings.account_id, aws.names.account_root}
    for purpose, arn in key_arns(aws).items():
        called = key_name(aws, purpose)
        for statement in statements(key_policy(aws, arn)):
            if statement.effect != "Allow":
                continue
            who, sid = statement.principals.all, statement.sid or "a statement"
            strangers = [
                one for one in who if one.startswith("arn:") and f":{aws.settings.account_id}:" not in one
            ]
            if "*" in who and not _of_one_role(statement, aws.settings.account_id):
                yield Problem(called, f"{sid} in its key policy allows every principal", BY_PROGRAM)
            elif strangers:
                yield Problem(
                    called,
                    f"{sid} in its key policy allows another account: {', '.join(strangers)}",
                    BY_PROGRAM,
                )
            elif own & set(who) and not statement.conditions:
                yield Problem(
                    called,
                    f"{sid} in its key policy allows the whole account without a condition",
                    BY_PROGRAM,
                )


def _of_one_role(statement: ParsedStatement, account: str) -> bool:
    """Whether its conditions require exact roles of the account."""
    exact = {
        (one.operator.lower(), one.key.lower()): one.values
        for one in statement.conditions
        if one.operator.lower() in ("stringequals", "arnequals")
    }
    roles = exact.get(("arnequals", "aws:principalarn"), ())
    return (
        exact.get(("stringequals", "kms:calleraccount")) == (account,)
        and bool(roles)
        and all(
            one.startswith(f"arn:aws:iam::{account}:role/") and "*" not in one and "?" not in one
            for one in roles
        )
    )
