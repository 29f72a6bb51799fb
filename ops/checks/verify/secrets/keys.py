"""Verifies the stack's KMS keys: each exists, rotates, and is usable by nobody without a condition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from iam_documents import Document, parse, statements
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import Estate
from settings.kms_purposes import ECS_EXEC, Purpose, kms_purposes


def key_policy(estate: Estate, arn: str) -> Document:
    """The parsed policy of one key."""
    return parse(estate.ask("kms", "get_key_policy", KeyId=arn, PolicyName="default")["Policy"])


def key_arns(estate: Estate) -> dict[Purpose, str]:
    """ARNs of the stack's keys by purpose, as far as they exist."""
    found: dict[Purpose, str] = {}
    for purpose in kms_purposes(estate.settings):
        arn = _exec_key_arn(estate) if purpose == ECS_EXEC else estate.key_arns.get(purpose)
        if arn:
            found[purpose] = arn
    return found


def _exec_key_arn(estate: Estate) -> str | None:
    """The key in the configuration of the ECS cluster, however it is named there."""
    answer = estate.ask(
        "ecs", "describe_clusters", clusters=[estate.names.cluster], include=["CONFIGURATIONS"]
    )
    for cluster in answer["clusters"]:
        sessions = (cluster.get("configuration") or {}).get("executeCommandConfiguration") or {}
        if sessions.get("kmsKeyId"):
            return estate.ask("kms", "describe_key", KeyId=sessions["kmsKeyId"])["KeyMetadata"]["Arn"]
    return None


def _called(estate: Estate, purpose: Purpose) -> str:
    """What findings call a key."""
    if purpose == ECS_EXEC:
        return f"ECS Exec key of cluster {estate.names.cluster}"
    return estate.names.key_alias(purpose)


@check("keys-present", "A3", "A16")
def present(estate: Estate) -> Iterator[Problem]:
    """Each purpose has a key of its own: customer managed, enabled, not on its way out."""
    arns = key_arns(estate)
    for purpose in kms_purposes(estate.settings):
        called, arn = _called(estate, purpose), arns.get(purpose)
        if arn is None:
            where = "the cluster names no key" if purpose == ECS_EXEC else "no key stands behind this alias"
            yield Problem(called, where, BY_PROGRAM)
            continue
        key = estate.ask("kms", "describe_key", KeyId=arn)["KeyMetadata"]
        if key["KeyManager"] != "CUSTOMER":
            yield Problem(called, f"is managed by {key['KeyManager']}", BY_PROGRAM)
        if key["KeyState"] != "Enabled":
            yield Problem(called, f"its key is {key['KeyState']}", "enable it, or cancel its deletion")
    for arn, times in Counter(arns.values()).items():
        if times > 1:
            purposes = ", ".join(purpose for purpose, one in arns.items() if one == arn)
            yield Problem(arn, f"one key serves {purposes}", BY_PROGRAM)


@check("keys-rotate", "A16")
def rotate(estate: Estate) -> Iterator[Problem]:
    """KMS rotates the material of every key."""
    for purpose, arn in key_arns(estate).items():
        if not estate.ask("kms", "get_key_rotation_status", KeyId=arn).get("KeyRotationEnabled"):
            yield Problem(_called(estate, purpose), "its rotation is off", BY_PROGRAM)


@check("keys-policy", "A3", "A16")
def policies(estate: Estate) -> Iterator[Problem]:
    """No key policy admits everybody, the whole account without a condition, or another account."""
    own = {estate.settings.account_id, estate.names.account_root}
    for purpose, arn in key_arns(estate).items():
        called = _called(estate, purpose)
        for statement in statements(key_policy(estate, arn)):
            if statement.effect != "Allow":
                continue
            who, sid = statement.principals.all, statement.sid or "a statement"
            strangers = [
                one for one in who if one.startswith("arn:") and f":{estate.settings.account_id}:" not in one
            ]
            if "*" in who:
                yield Problem(called, f"{sid} in its policy allows every principal", BY_PROGRAM)
            elif strangers:
                yield Problem(called, f"{sid} in its policy allows {', '.join(strangers)}", BY_PROGRAM)
            elif own & set(who) and not statement.conditions:
                yield Problem(
                    called, f"{sid} in its policy allows the whole account without a condition", BY_PROGRAM
                )
