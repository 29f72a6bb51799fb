"""After a rotation exactly the readers of that secret start anew, and a reader that cannot is named."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError


class RedeploymentFailed(Exception):
    """Some readers still run with the value before the last."""


def handle(event: dict[str, Any], _context: object = None) -> dict[str, list[str]]:
    """What EventBridge calls with Secrets Manager's RotationSucceeded."""
    detail = event.get("detail", {})
    secret = detail.get("additionalEventData", {}).get("SecretId")
    if detail.get("eventName") != "RotationSucceeded" or secret != os.environ["SECRET_ARN"]:
        # The rule lets only this event through; anything else is a rule that was changed.
        raise ValueError("not the rotation of this function's secret")
    return {
        "redeployed": redeploy(boto3.client("ecs"), os.environ["CLUSTER"], json.loads(os.environ["READERS"]))
    }


def redeploy(ecs: Any, cluster: str, readers: list[str]) -> list[str]:
    """Force a new deployment of each service; one that fails does not keep back the others."""
    failed = []
    for service in readers:
        try:
            ecs.update_service(cluster=cluster, service=service, forceNewDeployment=True)
        except ClientError as problem:
            failed.append(f"{service} ({problem.response.get('Error', {}).get('Code')})")
        else:
            print(json.dumps({"service": service, "outcome": "redeployed"}), flush=True)
    if failed:
        # Lambda then repeats the event, and a second deployment of the others does no harm.
        raise RedeploymentFailed(f"not redeployed: {', '.join(failed)}")
    return readers
