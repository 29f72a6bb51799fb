"""Handles the four rotation steps and the program's wait; results and logs contain no value."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from .database import PostgreSQL
from .roles import Roles
from .rotation import Rotation, RotationTarget
from .versions import CURRENT, PENDING, RotationRefused

WAIT_S: Final = 120
POLL_S: Final = 2
CA_BUNDLE: Final = Path(__file__).with_name("rds-global-bundle.pem")


class StillEmpty(Exception):
    """The secret had no value before the time limit."""


def handle(event: dict[str, Any], _context: object = None) -> dict[str, str]:
    """Handle an invocation: a step of a rotation, or ``{"Wait": <secret>}`` from the program."""
    store = boto3.client(
        "secretsmanager", config=Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 3})
    )
    secret = os.environ["SECRET_ARN"]
    step = event.get("Step", "wait")
    if event.get("SecretId", event.get("Wait")) != secret:
        raise RotationRefused("this function rotates one secret, and the event names another")
    try:
        if "Wait" in event:
            return {"current": wait(store, secret)}
        rotation(store).step(step, secret, event["ClientRequestToken"])
    except (ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError):
        group = os.environ.get("SECURITY_GROUP", "of this function")
        raise RotationRefused(f"rotation {step} timed out: SG {group} lacks 443 -> endpoint") from None
    return {"version": event["ClientRequestToken"]}


def rotation(store: Any) -> Rotation:
    """The rotation of this function's secret, configured by environment variables."""
    home = RotationTarget(
        host=os.environ["DATABASE_HOST"],
        port=int(os.environ["DATABASE_PORT"]),
        database=os.environ["DATABASE_NAME"],
        roles=Roles.of(os.environ["ROLE_PREFIX"]),
        master_secret=os.environ["MASTER_SECRET_ARN"],
    )
    database = PostgreSQL(
        host=home.host,
        port=home.port,
        database=home.database,
        roles=home.roles,
        ca_file=Path(os.environ.get("CA_FILE", CA_BUNDLE)),
    )
    return Rotation(store=store, database=database, home=home, log=log)


def wait(
    store: Any,
    secret: str,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Wait for a current version, and return its id."""
    deadline = clock() + WAIT_S
    while True:
        stages = store.describe_secret(SecretId=secret).get("VersionIdsToStages") or {}
        for version, labels in stages.items():
            # With both labels the value exists, but its login may not exist yet.
            if CURRENT in labels and PENDING not in labels:
                log(step="wait", version=version, outcome="done")
                return version
        if clock() >= deadline:
            raise StillEmpty(
                f"no AWSCURRENT after {WAIT_S} s: the log of this function says which step failed"
            )
        sleep(POLL_S)


def log(**fields: str) -> None:
    """Log one JSON line; callers pass only names, version ids and steps."""
    print(json.dumps(fields), flush=True)
