"""Secrets Manager: configures rotations and runs their four steps with the function's own code."""

from __future__ import annotations

import json
from typing import Any

from sandbox.moto import lambda_runtime
from sandbox.moto.hooks import Asked, Params, Refused, answers, now
from sandbox.moto.services.security.secretsmanager_stages import CURRENT, PENDING, holder, move, secret_of

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@answers("secretsmanager", "RotateSecret")
def rotate(asked: Asked) -> Params:
    """Configure a rotation and run it, unless it is to wait."""
    secret, params = secret_of(asked), asked.params
    function = params.get("RotationLambdaARN") or secret.rotation_lambda_arn
    if not function:
        raise Refused(
            "InvalidRequestException", "No Lambda rotation function ARN is associated with this secret."
        )
    pending = holder(secret, PENDING)
    if pending and pending != holder(secret, CURRENT):
        raise Refused(
            "InvalidRequestException",
            "A previous rotation isn't complete. That rotation will be reattempted.",
        )
    rules = params.get("RotationRules") or {}
    days = rules.get("AutomaticallyAfterDays", 0)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = function
    secret.auto_rotate_after_days = days or secret.auto_rotate_after_days
    secret.next_rotation_date = int(now()) + 86400 * int(secret.auto_rotate_after_days or 1)
    done = {"ARN": secret.arn, "Name": secret.name}
    if params.get("RotateImmediately", True) is False:
        return done
    token = params["ClientRequestToken"]
    secret.versions.setdefault(token, {"version_id": token, "createdate": now(), "version_stages": []})
    move(secret, PENDING, token)
    _run(asked, secret, function, token)
    return {**done, "VersionId": token}


def _run(asked: Asked, secret: Any, function: str, token: str) -> None:
    """Run the four steps in order; after a failed step AWSPENDING stays, as in AWS."""
    from moto.awslambda.utils import get_backend

    functions = get_backend(asked.account, asked.region)
    for step in STEPS:
        event = {"Step": step, "SecretId": secret.arn, "ClientRequestToken": token}
        ran = lambda_runtime.invoke(functions, function, json.dumps(event))
        if ran.error:
            return
    if holder(secret, CURRENT) == token:
        secret.last_rotation_date = now()
