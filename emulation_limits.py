"""Lists what an emulated AWS cannot answer: every command marks it, and none counts it as a finding."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

CHECKS: dict[str, str] = {
    "account-root": "an emulated account has no root user with MFA",
    "preflight-database-zones": "the emulation lists few of the instance classes that RDS offers",
}
"""Check to the reason why its finding says nothing about the stack."""
UNANSWERED: dict[str, str] = {
    "attached-s3": "S3 Control has a host name of its own, which a kept sandbox does not serve",
}
"""Check to the reason why it may get no answer; what it does find counts."""
READS = "a kept sandbox records no calls in CloudTrail: run it on an AWS account"
"""Why ``ops reads`` cannot list anything."""


def reason(check: str, *, unanswered: bool = False) -> str | None:
    """The reason why a finding of this check does not count; None if it counts."""
    return CHECKS.get(check) or (UNANSWERED.get(check) if unanswered else None)


def emulated() -> bool:
    """Whether the calls of this process go to an emulated AWS on this machine."""
    host = urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).hostname
    return host in ("127.0.0.1", "::1", "localhost")
