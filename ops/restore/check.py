"""Checks a restored copy: that it is isolated, and what the check function finds in it."""

from __future__ import annotations

import json
import time
from typing import Any

from botocore.config import Config

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.session import PATIENT
from ops.operations import RecordStep
from ops.restore.copies import describe
from ops.restore.target import Copy, Failed

_ONCE = PATIENT.merge(Config(read_timeout=900, retries={"total_max_attempts": 1}))
"""A synchronous invocation answers when the function ends: up to 15 minutes, and not asked a second time."""


def isolation(context: StackContext, copy: Copy) -> None:
    """:class:`Failed` where others than the check function reach the copy, or another key encrypts it.

    Turns on IAM database authentication, with which the check function signs in, where the restore left it
    off.
    """
    found = describe(context, copy.name) or {}
    problems = copy.placement.problems(found)
    if found.get("StorageEncrypted") is not True or not context.aws.is_key(found.get("KmsKeyId"), "data"):
        problems.append(f"it is not encrypted with {context.settings.names.key_alias('data')}")
    if problems:
        raise Failed(f"{copy.name} is not restored as asked for: {'; '.join(problems)}")
    if found.get("IAMDatabaseAuthenticationEnabled") is True:
        return
    context.aws.client("rds").modify_db_instance(
        DBInstanceIdentifier=copy.name, EnableIAMDatabaseAuthentication=True, ApplyImmediately=True
    )
    if not context.clock.until(context.clock.restore_s, lambda: _authenticates(context, copy.name)):
        raise Stop(
            Exit.PARTLY, f"IAM database authentication of {copy.name} is not on yet: continue with --resume"
        )


def _authenticates(context: StackContext, name: str) -> bool:
    found = describe(context, name) or {}
    return (
        found.get("IAMDatabaseAuthenticationEnabled") is True and found.get("DBInstanceStatus") == "available"
    )


def check(context: StackContext, copy: Copy, step: RecordStep) -> None:
    """Invoke the check function for the copy; :class:`Failed` where it finds a problem or fails."""
    endpoint = (describe(context, copy.name) or {}).get("Endpoint", {})
    event = {"address": endpoint.get("Address"), "port": endpoint.get("Port")}
    name, begun = context.settings.names.restore_check_role, time.monotonic()
    answer = function_client(context).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    found = _content(answer)
    if answer.get("FunctionError"):
        raise Failed(
            f"function {name} failed with {found.get('errorType', 'an unknown error')}: read its log "
            f"/aws/lambda/{name}"
        )
    step.facts |= {"seconds": str(round(time.monotonic() - begun)), **_facts(found)}
    problems = [str(one) for one in _list(found.get("problems"))]
    if found.get("ok") is not True or problems:
        raise Failed("; ".join(problems) or f"function {name} reports no success and no problem")


def function_client(context: StackContext) -> Any:
    """A client of Lambda that waits for the function, however long it runs."""
    return context.session.client("lambda", region_name=context.settings.region, config=_ONCE)


def _content(answer: dict[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(answer["Payload"].read())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _facts(found: dict[str, Any]) -> dict[str, str]:
    """What the record keeps of the answer: names of tables and numbers."""
    tables, ciphertexts = found.get("tables"), found.get("ciphertexts")
    rows = {str(name): count for name, count in tables.items()} if isinstance(tables, dict) else {}
    opened = ciphertexts if isinstance(ciphertexts, dict) else {}
    return {
        "tables": json.dumps({name: count for name, count in rows.items() if isinstance(count, int)}),
        "opened": str(opened.get("opened", 0)),
        "failed": str(opened.get("failed", 0)),
    }


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
