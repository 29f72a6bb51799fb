"""The numbers of days for which CloudWatch Logs can retain events."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from settings.aws.rule import AWS_DOCS, Numbers

RETENTION_DAYS = Numbers(
    (
        *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
        *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
    ),
    "CloudWatch Logs has",
    f"{AWS_DOCS}AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
)
"""From CloudFormation's schema of AWS::Logs::LogGroup in cfn-lint 1.58.0, 2026-11-29."""

LogDays = Annotated[int, AfterValidator(RETENTION_DAYS)]
"""Days for which a log group retains events."""
