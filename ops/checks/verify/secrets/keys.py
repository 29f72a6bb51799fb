"""The stack's own keys stand behind their aliases, rotate, and are usable by nobody without a condition."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import Estate

PURPOSES = ("secrets", "data", "logs", "alerts")


def key_policy(estate: Estate, arn: str) -> dict[str, object]:
    """The parsed policy of one key."""
    return json.loads(estate.ask("kms", "get_key_policy", KeyId=arn, PolicyName="default")["Policy"])


@check("keys-present", "A3", "A16")
def present(estate: Estate) -> Iterator[Problem]:
    """Each purpose has a key of its own: customer managed, enabled, not on its way out."""
    for purpose in (*PURPOSES, *(("audit",) if estate.settings.audit else ())):
        alias, arn = estate.names.key_alias(purpose), estate.key_arns.get(purpose)
        if arn is None:
            yield Problem(alias, "no key stands behind this alias", BY_PROGRAM)
            continue
        key = estate.ask("kms", "describe_key", KeyId=arn)["KeyMetadata"]
        if key["KeyManager"] != "CUSTOMER":
            yield Problem(alias, f"is managed by {key['KeyManager']}", BY_PROGRAM)
        if key["KeyState"] != "Enabled":
            yield Problem(alias, f"its key is {key['KeyState']}", "enable it, or cancel its deletion")
    shared = [arn for arn in set(estate.key_arns.values()) if list(estate.key_arns.values()).count(arn) > 1]
    for arn in shared:
        purposes = ", ".join(purpose for purpose, one in estate.key_arns.items() if one == arn)
        yield Problem(arn, f"one key serves {purposes}", BY_PROGRAM)


@check("keys-rotate", "A16")
def rotate(estate: Estate) -> Iterator[Problem]:
    """KMS rotates the material of every key."""
    for purpose, arn in estate.key_arns.items():
        if not estate.ask("kms", "get_key_rotation_status", KeyId=arn).get("KeyRotationEnabled"):
            yield Problem(estate.names.key_alias(purpose), "its rotation is off", BY_PROGRAM)


@check("keys-policy", "A3", "A16")
def policies(estate: Estate) -> Iterator[Problem]:
    """No key policy admits everybody, the whole account without a condition, or another account."""
    own = {estate.settings.account_id, estate.names.account_root}
    for purpose, arn in estate.key_arns.items():
        alias = estate.names.key_alias(purpose)
        for statement in _statements(key_policy(estate, arn)):
            if statement["Effect"] != "Allow":
                continue
            who, sid = _principals(statement.get("Principal")), statement.get("Sid", "a statement")
            strangers = [
                one for one in who if one.startswith("arn:") and f":{estate.settings.account_id}:" not in one
            ]
            if "*" in who:
                yield Problem(alias, f"{sid} in its policy allows every principal", BY_PROGRAM)
            elif strangers:
                yield Problem(alias, f"{sid} in its policy allows {', '.join(strangers)}", BY_PROGRAM)
            elif own & set(who) and not statement.get("Condition"):
                yield Problem(
                    alias, f"{sid} in its policy allows the whole account without a condition", BY_PROGRAM
                )


def _statements(document: dict[str, object]) -> list[dict[str, object]]:
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]  # type: ignore[list-item]


def _principals(principal: object) -> list[str]:
    if isinstance(principal, str):
        return [principal]
    found: list[str] = []
    for value in principal.values() if isinstance(principal, dict) else ():
        found += [value] if isinstance(value, str) else list(value)
    return found
