"""Verifies the stack's KMS keys: each exists, rotates, and is usable by nobody without a condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from iam_documents import Document, parse, statements
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState
from settings.kms_purposes import ECS_EXEC, Purpose, kms_purposes


def key_policy(aws: AwsState, arn: str) -> Document:
    """The parsed policy of one key."""
    return parse(aws.ask("kms", "get_key_policy", KeyId=arn, PolicyName="default")["Policy"])


def key_arns(aws: AwsState) -> dict[Purpose, str]:
    """ARNs of the stack's keys by purpose, as far as they exist."""
    found: dict[Purpose, str] = {}
    for purpose in kms_purposes(aws.settings):
        arn = _exec_key_arn(aws) if purpose == ECS_EXEC else aws.key_arns.get(purpose)
        if arn:
            found[purpose] = arn
    return found


def _exec_key_arn(aws: AwsState) -> str | None:
    """The key in the configuration of the ECS cluster, however it is named there."""
    answer = aws.ask("ecs", "describe_clusters", clusters=[aws.names.cluster], include=["CONFIGURATIONS"])
    for cluster in answer["clusters"]:
        sessions = (cluster.get("configuration") or {}).get("executeCommandConfiguration") or {}
        if sessions.get("kmsKeyId"):
            return aws.ask("kms", "describe_key", KeyId=sessions["kmsKeyId"])["KeyMetadata"]["Arn"]
    return None


def _called(aws: AwsState, purpose: Purpose) -> str:
    """What findings call a key."""
    if purpose == ECS_EXEC:
        return f"ECS Exec key of cluster {aws.names.cluster}"
    return aws.names.key_alias(purpose)


@check("keys-present", "A3", "A16")
def present(aws: AwsState) -> Iterator[Problem]:
    """Each purpose has a key of its own: customer managed, enabled, not on its way out."""
    arns = key_arns(aws)
    for purpose in kms_purposes(aws.settings):
        called, arn = _called(aws, purpose), arns.get(purpose)
        if arn is None:
            where = "the cluster names no key" if purpose == ECS_EXEC else "no key stands behind this alias"
            yield Problem(called, where, BY_PROGRAM)
            continue
        key = aws.ask("kms", "describe_key", KeyId=arn)["KeyMetadata"]
        if key["KeyManager"] != "CUSTOMER":
            yield Problem(called, f"is managed by {key['KeyManager']}", BY_PROGRAM)
        if key["KeyState"] != "Enabled":
            yield Problem(called, f"its key is {key['KeyState']}", "enable it, or cancel its deletion")
    for arn, times in Counter(arns.values()).items():
        if times > 1:
            purposes = ", ".join(purpose for purpose, one in arns.items() if one == arn)
            yield Problem(arn, f"one key serves {purposes}", BY_PROGRAM)


@check("keys-rotate", "A16")
def rotate(aws: AwsState) -> Iterator[Problem]:
    """KMS rotates the material of every key."""
    for purpose, arn in key_arns(aws).items():
        if not aws.ask("kms", "get_key_rotation_status", KeyId=arn).get("KeyRotationEnabled"):
            yield Problem(_called(aws, purpose), "its rotation is off", BY_PROGRAM)


@check("keys-policy", "A3", "A16")
def policies(aws: AwsState) -> Iterator[Problem]:
    """No key policy admits everybody, the whole account without a condition, or another account."""
    own = {aws.settings.account_id, aws.names.account_root}
    for purpose, arn in key_arns(aws).items():
        called = _called(aws, purpose)
        for statement in statements(key_policy(aws, arn)):
            if statement.effect != "Allow":
                continue
            who, sid = statement.principals.all, statement.sid or "a statement"
            strangers = [
                one for one in who if one.startswith("arn:") and f":{aws.settings.account_id}:" not in one
            ]
            if "*" in who:
                yield Problem(called, f"{sid} in its policy allows every principal", BY_PROGRAM)
            elif strangers:
                yield Problem(called, f"{sid} in its policy allows {', '.join(strangers)}", BY_PROGRAM)
            elif own & set(who) and not statement.conditions:
                yield Problem(
                    called, f"{sid} in its policy allows the whole account without a condition", BY_PROGRAM
                )
