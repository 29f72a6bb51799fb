"""What a stack keeps of who did what in its account, and what it watches there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.schema.base import Model

Feature = Literal[
    "S3_DATA_EVENTS",
    "RDS_LOGIN_EVENTS",
    "EBS_MALWARE_PROTECTION",
    "RUNTIME_MONITORING",
    "LAMBDA_NETWORK_LOGS",
]
Inspected = Literal["EC2", "ECR", "LAMBDA"]


class AuditSettings(Model):
    """``strongroom:audit``: the record of every call in the account; left out, another stack keeps it.

    ``accountWide`` adds what an account has once: one stack of an account switches it on, and no other.
    """

    account_wide: bool = False
    """Also GuardDuty, Config, Inspector, the analyzers, the password policy and the account's defaults."""
    log_days: int = Field(default=365, ge=1)
    """Days the trail can be searched in CloudWatch Logs."""
    keep_days: int = Field(default=365, ge=1)
    """Days the trail's files, Config's and the record of who read them are kept."""
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"] = "COMPLIANCE"
    """COMPLIANCE: nobody at all shortens the lock of the trail's files; GOVERNANCE: an administrator may."""
    lock_days: int = Field(default=365, ge=1)
    """Days in which a file of the trail can be neither deleted nor overwritten."""
    guard_duty: tuple[Feature, ...] = (
        "S3_DATA_EVENTS",
        "RDS_LOGIN_EVENTS",
        "EBS_MALWARE_PROTECTION",
        "RUNTIME_MONITORING",
        "LAMBDA_NETWORK_LOGS",
    )
    """What GuardDuty looks at besides the trail, DNS and flow logs."""
    inspector: tuple[Inspected, ...] = ("EC2", "ECR", "LAMBDA")
    """What Inspector searches for known weaknesses."""
    unused_access_days: int = Field(default=90, ge=1, le=365)
    """Days after which a permission nobody used is reported."""
