"""The model of ``strongroom:audit``: the trail, its retention, and threat detection."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from settings.aws.logs import LogDays
from settings.schema.base import Model

LONGEST_DAYS = 36_500
"""Of Object Lock: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html is 100 years."""
Feature = Literal[
    "S3_DATA_EVENTS",
    "RDS_LOGIN_EVENTS",
    "EBS_MALWARE_PROTECTION",
    "RUNTIME_MONITORING",
    "LAMBDA_NETWORK_LOGS",
]
Inspected = Literal["EC2", "ECR", "LAMBDA"]


class AuditSettings(Model):
    """``strongroom:audit``: the CloudTrail trail of the account; leave it out where another stack has it.

    ``accountWide`` adds resources that an account has once; set it in exactly one stack of an account.
    """

    account_wide: bool = False
    """Also create GuardDuty, AWS Config, Inspector, Access Analyzer, password policy and account defaults."""
    log_days: LogDays = 365
    """Days for which CloudWatch Logs retains the trail's events."""
    keep_days: int = Field(default=365, ge=1, le=LONGEST_DAYS)
    """Days for which S3 retains CloudTrail and AWS Config files, and the access logs of their buckets."""
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"] = "COMPLIANCE"
    """S3 Object Lock mode: COMPLIANCE locks files for all users, administrators can bypass GOVERNANCE."""
    lock_days: int = Field(default=365, ge=1, le=LONGEST_DAYS)
    """Days in which a log file of the trail can be neither deleted nor overwritten."""
    guard_duty: tuple[Feature, ...] = (
        "S3_DATA_EVENTS",
        "RDS_LOGIN_EVENTS",
        "EBS_MALWARE_PROTECTION",
        "RUNTIME_MONITORING",
        "LAMBDA_NETWORK_LOGS",
    )
    """GuardDuty features besides the foundational CloudTrail, DNS and flow log sources."""
    inspector: tuple[Inspected, ...] = ("EC2", "ECR", "LAMBDA")
    """Resource types that Inspector scans for vulnerabilities."""
    unused_access_days: int = Field(default=90, ge=1, le=365)
    """Days after which IAM Access Analyzer reports an unused permission."""
