"""Runs the Lambda function that rotates the database URL, and reads the staging labels of versions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ops.core import answers
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import CURRENT, current_since
from settings.schema.secrets import SecretSettings

PENDING, PREVIOUS = "AWSPENDING", "AWSPREVIOUS"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_SAFE_ERRORS = ("RotationRefused",)
"""Error types of the function whose message never contains a secret value."""


def half_way(context: StackContext, name: str) -> str | None:
    """The version of a running or unfinished rotation; None where no version is only AWSPENDING."""
    stages = staged(context, name)
    pending = stages.get(PENDING)
    return None if pending == stages.get(CURRENT) else pending


def staged(context: StackContext, name: str) -> dict[str, str]:
    """The version ID by staging label."""
    found = context.aws.client("secretsmanager").describe_secret(SecretId=name)
    versions = found.get("VersionIdsToStages") or {}
    return {label: version for version, labels in versions.items() for label in labels}


def created(context: StackContext, name: str) -> datetime:
    """When the current version was created."""
    client = context.aws.client("secretsmanager")
    since = current_since(answers.listed(client, "list_secret_version_ids", "Versions", SecretId=name))
    if since is None:
        raise Stop(Exit.REFUSED, f"{name} has no version labeled {CURRENT}")
    return since


def start(context: StackContext, secret: SecretSettings, version: str) -> None:
    """Start a rotation to a given version ID, which makes the call idempotent, and wait for it."""
    rotate_to(context, secret, version)
    context.say(f"{secret.name}: rotation to version {short(version)} started")
    context.boundary("rotation started")
    wait(context, secret, version)


def finish(context: StackContext, secret: SecretSettings, pending: str) -> None:
    """Invoke every step of the function for a pending version; each step skips what is done already."""
    store, functions = context.aws.client("secretsmanager"), context.aws.client("lambda")
    known = store.describe_secret(SecretId=secret.name)
    for step in STEPS:
        event = {"Step": step, "SecretId": known["ARN"], "ClientRequestToken": pending}
        answer = functions.invoke(FunctionName=known["RotationLambdaARN"], Payload=json.dumps(event))
        if answer.get("FunctionError"):
            raise Stop(
                Exit.PARTLY, f"{secret.name}: {step} {_why(answer)}; correct that, then --resume or --abort"
            )
        context.say(f"{secret.name}: {step} done")
    wait(context, secret, pending)


def rotate_to(context: StackContext, secret: SecretSettings, version: str) -> None:
    """Call RotateSecret, which returns before the function has run."""
    context.aws.client("secretsmanager").rotate_secret(SecretId=secret.name, ClientRequestToken=version)


def wait(context: StackContext, secret: SecretSettings, token: str) -> None:
    """Wait until a version is AWSCURRENT and none is AWSPENDING."""

    def current() -> bool:
        stages = staged(context, secret.name)
        return stages.get(CURRENT) == token and PENDING not in stages

    if not context.clock.until(context.clock.rotation_s, current):
        log = f"/aws/lambda/{context.aws.names.part('rotate')}"
        raise Stop(
            Exit.PARTLY,
            f"{secret.name}: version {short(token)} is not {CURRENT} yet; the log {log} says which step "
            "failed; then --resume or --abort",
        )


def _why(answer: dict[str, Any]) -> str:
    try:
        body = json.loads(answer["Payload"].read())
    except ValueError:
        body = {}
    kind = str(body.get("errorType", "unknown"))
    said = f": {body.get('errorMessage')}" if kind in _SAFE_ERRORS else ""
    return f"failed with {kind}{said}"


def short(version: str | None) -> str:
    """The first 8 characters of a version ID, for messages."""
    return (version or "none")[:8]
