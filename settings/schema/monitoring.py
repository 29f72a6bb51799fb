"""What a stack may choose about its alarms and logs; the defaults suit production."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from settings.schema.base import Model

LogMessage = Annotated[str, StringConstraints(pattern=r'^[^"\\*\x00-\x1f]{3,200}\*?$')]
"""The text of a log line's ``message``; a closing * stands for whatever follows."""

MAX_PATTERN = 1024
"""Characters of a filter pattern that CloudWatch Logs takes."""

_AROUND_MESSAGE, _AROUND_EVENTS = len('||($.message="")'), 100


class LogPatternsSettings(Model):
    """``strongroom:monitoring.logPatterns``, ``logTexts``: what an application says in its own words.

    Each list stands beside the event of the log contract that means the same.
    """

    auth_failure: tuple[LogMessage, ...] = ()
    """A user's login fails (``auth.failure``)."""
    internal_auth_failure: tuple[LogMessage, ...] = ()
    """A call between services is not signed, or wrongly (``internal.auth.failure``)."""
    db_connect_failure: tuple[LogMessage, ...] = ()
    """A data store cannot be reached (``db.connect.failure``)."""
    crypto_error: tuple[LogMessage, ...] = ()
    """Something cannot be encrypted or decrypted (``crypto.encrypt.error``, ``crypto.decrypt.error``)."""
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
    """``strongroom:monitoring``: who hears of what, and how long logs live."""

    email: str | None = None
    """Subscriber of both topics; a production stack needs one."""
    log_days: int = Field(default=365, ge=1)
    """Days the services' logs are kept."""
    auth_failures_per_5_min: int = Field(default=20, ge=1)
    """Failed logins at which somebody is woken."""
    latency_ms: int = Field(default=500, ge=1)
    """p95 of a call between services above which somebody is woken."""
    waf_blocked_per_5_min: int = Field(default=1000, ge=1)
    """Requests the firewall blocks above which somebody should look."""
    log_patterns: LogPatternsSettings = LogPatternsSettings()
    """What a JSON log line's ``message`` says."""
    log_texts: LogPatternsSettings = LogPatternsSettings()
    """What a plain text log line holds somewhere."""

    @field_validator("log_texts")
    @classmethod
    def _has_no_wildcard(cls, texts: LogPatternsSettings) -> LogPatternsSettings:
        if any(text.endswith("*") for _, given in texts for text in given):
            raise ValueError("a text may stand anywhere in a line; leave the * out")
        return texts
