"""Rows for security: IAM, keys, secrets, and the audit of the account."""

from __future__ import annotations

from sandbox.provider.types.security import (
    accessanalyzer,
    cloudtrail,
    config,
    guardduty,
    iam,
    iam_exclusive,
    iam_roles,
    inspector2,
    kms,
    secretsmanager,
    securityhub,
    ssm_parameters,
)

__all__ = [
    "accessanalyzer",
    "cloudtrail",
    "config",
    "guardduty",
    "iam",
    "iam_exclusive",
    "iam_roles",
    "inspector2",
    "kms",
    "secretsmanager",
    "securityhub",
    "ssm_parameters",
]
