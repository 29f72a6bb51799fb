"""Forces a new deployment of each ECS service that reads a secret, after a rotation of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

BATCH: Final = 10
"""The limit of services in one DescribeServices request."""


class RedeploymentFailed(Exception):
    """Some readers were not redeployed and still have the previous value."""


@dataclass
class Outcome:
    """The result of each service."""

    redeployed: list[str] = field(default_factory=list)
    already_newer: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Error codes by service."""

    def note(self, outcome: list[str], service: str, text: str) -> None:
        """Record and log the result of one service."""
        outcome.append(service)
        print(json.dumps({"service": service, "outcome": text}), flush=True)


def handle(event: dict[str, Any], _context: object = None) -> dict[str, list[str]]:
    """Handle Secrets Manager's event RotationSucceeded, which EventBridge delivers."""
    detail = event.get("detail", {})
    secret = detail.get("additionalEventData", {}).get("SecretId")
    if detail.get("eventName") != "RotationSucceeded" or secret != os.environ["SECRET_ARN"]:
        # The event rule matches only this event; any other means that the rule was changed.
        raise ValueError("not the rotation of this function's secret")
    config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 4})
    outcome = redeploy(
        boto3.client("ecs", config=config),
        os.environ["CLUSTER"],
        json.loads(os.environ["READERS"]),
        datetime.fromisoformat(event["time"]),
    )
    return {"redeployed": outcome.redeployed, "already_newer": outcome.already_newer}


def redeploy(ecs: Any, cluster: str, readers: Sequence[str], rotated_at: datetime) -> Outcome:
    """Force a new deployment of each service that has had none since; a failure does not stop the others.

    ``ops rotate`` deploys the readers itself: a second deployment would replace the one that it waits for.
    """
    outcome = Outcome()
    for start in range(0, len(readers), BATCH):
        for service, deployment in _primary(ecs, cluster, readers[start : start + BATCH], outcome):
            if _is_newer(deployment, rotated_at):
                outcome.note(outcome.already_newer, service, "newer already")
                continue
            try:
                ecs.update_service(cluster=cluster, service=service, forceNewDeployment=True)
            except (ClientError, BotoCoreError) as problem:
                outcome.failed[service] = _code(problem)
            else:
                outcome.note(outcome.redeployed, service, "redeployed")
    if outcome.failed:
        named = ", ".join(f"{service} ({code})" for service, code in outcome.failed.items())
        # Lambda then repeats the event, and services that were redeployed are skipped.
        raise RedeploymentFailed(f"not redeployed: {named}")
    return outcome


def _primary(
    ecs: Any, cluster: str, services: Sequence[str], outcome: Outcome
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The primary deployment of each service; one that ECS does not describe is recorded as failed."""
    try:
        answer = ecs.describe_services(cluster=cluster, services=list(services))
    except (ClientError, BotoCoreError) as problem:
        outcome.failed |= dict.fromkeys(services, _code(problem))
        return
    reasons = {one["arn"].rsplit("/")[-1]: one.get("reason", "unknown") for one in answer.get("failures", ())}
    described = {one["serviceName"]: one for one in answer.get("services", ())}
    for service in services:
        if service in reasons or service not in described:
            outcome.failed[service] = reasons.get(service, "not described")
            continue
        deployments = described[service].get("deployments", ())
        yield service, next((one for one in deployments if one["status"] == "PRIMARY"), {})


def _is_newer(deployment: dict[str, Any], rotated_at: datetime) -> bool:
    """Whether the deployment was created after the rotation and has not failed."""
    made_at = deployment.get("createdAt")
    return made_at is not None and made_at >= rotated_at and deployment.get("rolloutState") != "FAILED"


def _code(problem: ClientError | BotoCoreError) -> str:
    if isinstance(problem, ClientError):
        return problem.response.get("Error", {}).get("Code", "unknown")
    return type(problem).__name__
