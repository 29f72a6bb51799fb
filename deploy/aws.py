"""Clients of AWS for a deployment, with one retry policy."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

ATTEMPTS = 10
"""How often one call is tried when AWS throttles it; the pauses grow to 20 seconds."""


def client(service: str) -> Any:
    """A client for the region and the credentials of the environment."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        config=Config(
            retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
            connect_timeout=10,
            read_timeout=60,
        ),
    )
