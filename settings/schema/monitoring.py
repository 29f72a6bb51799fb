"""The model of alarms, log patterns and log retention; the defaults are for production."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from settings.aws.logs import LogDays
from settings.aws.rule import AWS_DOCS, Text
from settings.aws.web import Email
from settings.schema import aws_limits
from settings.schema.base import Model

LogMessage = Annotated[
    str,
    AfterValidator(
        Text(
            r'[^"\\*\x00-\x1f]{3,200}\*?',
            "3 to 200 characters on one line, without quotes and backslashes, with * at the end only",
            f"{AWS_DOCS}AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html",
        )
    ),
]
"""The text of a log line's ``message``; a trailing * matches any text."""

TRAIL_NAMESPACE = "Security/CloudTrail"
"""The namespace of the metrics that are counted in the trail's log group."""
MAX_PATTERN = aws_limits.FILTER_PATTERN.value

_AROUND_MESSAGE, _AROUND_EVENTS = len('||($.message="")'), 100


class LogPatternsSettings(Model):
    """``strongroom:monitoring.logPatterns``, ``logTexts``: the messages that an application logs.

    Each list is counted together with the named event of the log contract.
    """

    auth_failure: tuple[LogMessage, ...] = ()
    """A login of a user fails (``auth.failure``)."""
    internal_auth_failure: tuple[LogMessage, ...] = ()
    """A call between services has no valid signature (``internal.auth.failure``)."""
    db_connect_failure: tuple[LogMessage, ...] = ()
    """A data store cannot be reached (``db.connect.failure``)."""
    crypto_error: tuple[LogMessage, ...] = ()
    """An encryption or decryption fails (``crypto.encrypt.error``, ``crypto.decrypt.error``)."""
    internal_call_failure: tuple[LogMessage, ...] = ()
    """A call to another service fails (``internal.call.failure``)."""

    @field_validator("*")
    @classmethod
    def _fits_a_pattern(cls, messages: tuple[str, ...]) -> tuple[str, ...]:
        length = _AROUND_EVENTS + sum(len(message) + _AROUND_MESSAGE for message in messages)
        if length > MAX_PATTERN:
            raise ValueError(
                f"pattern of {length} chars, CloudWatch takes {MAX_PATTERN}; use prefixes with *"
            )
        return messages


class MonitoringSettings(Model):
    """``strongroom:monitoring``: subscriber and thresholds of alarms, log patterns and log retention."""

    email: Email | None = None
    """E-mail address that subscribes to both SNS topics; required in production."""
    log_days: LogDays = 365
    """Days for which CloudWatch Logs retains the services' logs."""
    auth_failures_per_5_min: int = Field(default=20, ge=1)
    """Number of failed logins that triggers a critical alarm."""
    latency_ms: int = Field(default=500, ge=1)
    """p95 latency of calls between services above which a critical alarm is triggered."""
    waf_blocked_per_5_min: int = Field(default=1000, ge=1)
    """Number of requests blocked by the web ACL above which a warning is triggered."""
    log_patterns: LogPatternsSettings = LogPatternsSettings()
    """Texts of ``message`` in JSON log lines."""
    log_texts: LogPatternsSettings = LogPatternsSettings()
    """Texts anywhere in plain text log lines."""

    @field_validator("log_texts")
    @classmethod
    def _has_no_wildcard(cls, texts: LogPatternsSettings) -> LogPatternsSettings:
        if any(text.endswith("*") for _, given in texts for text in given):
            raise ValueError("a text matches anywhere in a line; remove the *")
        return texts
