"""Tests of the log filters: each event is counted from the lines that the applications write for it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from components.monitoring.log_filters import SIGNALS, json_pattern, messages_of
from settings import read_stack_file
from settings.schema.monitoring import MAX_PATTERN, LogPatternsSettings
from tests.components.monitoring.filter_patterns import matches
from tests.components.monitoring.monitored import everything, monitoring
from tests.harness import Deployment, Registered

SERVICES = ("api-gateway", "user", "music")
MOST_FILTERS = 100  # CloudWatch's quota for a log group

# What aiponge logs today in the field ``message``, with an example of the variable rest.
REAL = {
    "AuthFailure": (
        "Failed login attempt recorded",
        "Login attempt on locked account",
        "Authentication failed",
        "Login failed",
        "Attempt to use revoked session - possible token reuse attack",
        "Invalid reset code attempt",
    ),
    "InternalAuthFailure": (
        "Gateway request missing signature",
        "Gateway request signature verification failed",
    ),
    "CryptoError": (
        "Encryption failed:",
        "Decryption failed:",
        "CRITICAL: Invalid encryption key length: 16 bytes, expected 32",
    ),
    "DbConnectFailure": (
        "SQL connection failed",
        "Drizzle connection failed",
        "Read replica connection failed, falling back to primary",
        "Database URL not configured",
        "Health check failed",
        "Redis connection error",
        "Redis circuit breaker connection error",
    ),
    "InternalCallFailure": ("Auth proxy error — user-service unreachable",),
}
CONTRACT = {
    "AuthFailure": ("auth.failure",),
    "InternalAuthFailure": ("internal.auth.failure",),
    "CryptoError": ("crypto.encrypt.error", "crypto.decrypt.error"),
    "DbConnectFailure": ("db.connect.failure",),
    "InternalCallFailure": ("internal.call.failure",),
}
NEAR_MISSES = (
    "Login succeeded",
    "login failed",
    "Login failed over to the second node",
    "Failed login attempt",
    "Authentication failed earlier, retry succeeded",
    "Gateway request signature verified",
    "Gateway request missing signature header list in the documentation",
    "Re-Encryption failed",
    "Encryption succeeded",
    "Note: CRITICAL: Invalid encryption key length",
    "SQL connection established",
    "Read replica connection failed",
    "Health check passed",
    "Redis connection established",
    "An Auth proxy error",
)


def line(message: str) -> str:
    """A log line in the application's format."""
    fields = {"level": "warn", "message": message, "service": "user-service", "env": "production"}
    return json.dumps(
        {**fields, "timestamp": "2026-05-01T10:00:00.000Z", "correlationId": "c-1", "userId": "u-1"}
    )


def contract_line(event: str, **fields: Any) -> str:
    """A log line in version 1 of the log contract."""
    base = {"v": 1, "ts": "2026-05-01T10:00:00Z", "level": "WARN", "app": "aiponge", "env": "prod"}
    return json.dumps({**base, "service": "user", "event": event, "outcome": "failure", **fields})


@cache
def counted(stack: str = "prod") -> Deployment:
    """The log groups of services and database, with the messages that a shipped stack declares."""
    watched = {key: part for key, part in everything().items() if key in ("logs", "database")}
    return monitoring(read_stack_file(stack).monitoring, **watched)


@pytest.fixture(scope="module")
def prod() -> Deployment:
    return counted()


@pytest.fixture(scope="module", params=["prod", "staging"])
def patterns(request: pytest.FixtureRequest) -> dict[str, str]:
    """Every pattern on one service's log group, by the metric it counts."""
    return {metric_of(one)["name"]: one["pattern"] for one in on_group(counted(request.param), "user")}


def on_group(deployment: Deployment, service: str) -> list[Registered]:
    filters = deployment.all("LogMetricFilter")
    return [one for one in filters if one["logGroupName"].endswith(f"/{service}")]


def metric_of(one: Registered) -> dict[str, Any]:
    return one["metricTransformation"]


def counted_as(patterns: dict[str, str], text: str) -> set[str]:
    return {name for name, pattern in patterns.items() if matches(pattern, text)} - {"ContractViolation"}


@pytest.mark.accepts("A44", "A45", "A48", "A49", "A50")
@pytest.mark.parametrize(("metric", "said"), [(m, text) for m, texts in REAL.items() for text in texts])
def test_a_real_line_is_counted_as_what_it_means(patterns: dict[str, str], metric: str, said: str) -> None:
    assert counted_as(patterns, line(said)) == {metric}


@pytest.mark.accepts("A48", "A49", "A50")
@pytest.mark.parametrize(("metric", "event"), [(m, one) for m, events in CONTRACT.items() for one in events])
def test_a_line_of_the_contract_is_counted_as_its_event(
    patterns: dict[str, str], metric: str, event: str
) -> None:
    assert counted_as(patterns, contract_line(event, reason="bad_password")) == {metric}


@pytest.mark.parametrize("said", NEAR_MISSES)
def test_a_near_miss_is_not_counted(patterns: dict[str, str], said: str) -> None:
    assert counted_as(patterns, line(said)) == set()


@pytest.mark.parametrize("event", ["auth.success", "auth.failure.limit", "crypto.encrypt", "internal.calls"])
def test_another_event_is_not_counted(patterns: dict[str, str], event: str) -> None:
    assert counted_as(patterns, contract_line(event)) == set()


def test_words_of_a_signal_in_another_field_are_not_counted(patterns: dict[str, str]) -> None:
    assert counted_as(patterns, json.dumps({"message": "ok", "detail": "Login failed"})) == set()
    assert counted_as(patterns, "Login failed") == set()


def test_only_a_line_of_the_contract_keeps_it(patterns: dict[str, str]) -> None:
    assert matches(patterns["ContractViolation"], line("Login failed"))
    assert not matches(patterns["ContractViolation"], contract_line("auth.failure"))
    assert matches(patterns["ContractViolation"], '{"event": "auth.failure"}')


def test_the_time_of_a_call_between_services_is_measured(prod: Deployment, patterns: dict[str, str]) -> None:
    pattern = patterns["InternalCallLatency"]
    assert matches(pattern, contract_line("internal.call", duration_ms=12.5, peer="user"))
    assert not matches(pattern, contract_line("internal.call", peer="user"))
    assert not matches(pattern, contract_line("internal.call", duration_ms="12"))
    assert not matches(pattern, contract_line("other", duration_ms=12))
    metric = metric_of(prod.named("monitoring-user-internal-call", "LogMetricFilter"))
    assert (metric["value"], metric["unit"]) == ("$.duration_ms", "Milliseconds")
    # CloudWatch rejects a default value together with dimensions.
    assert metric["dimensions"] == {"Peer": "$.peer"}
    assert "defaultValue" not in metric


@pytest.mark.accepts("A48", "A49", "A50")
@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_counted_into_the_same_metrics(prod: Deployment, service: str) -> None:
    counts = {
        metric_of(one)["name"]: metric_of(one)
        for one in on_group(prod, service)
        if metric_of(one)["value"] == "1"
    }
    assert set(counts) == {*REAL, "ContractViolation"}
    for metric in counts.values():
        assert (metric["namespace"], metric["defaultValue"]) == ("Aiponge/App", "0")
        assert "dimensions" not in metric


def test_no_pattern_and_no_group_is_larger_than_cloudwatch_takes(prod: Deployment) -> None:
    filters = prod.all("LogMetricFilter")
    groups = [one["logGroupName"] for one in filters]
    assert all(len(one["pattern"]) <= MAX_PATTERN for one in filters)
    assert all(groups.count(group) <= MOST_FILTERS for group in groups)


@pytest.mark.accepts("A45")
@pytest.mark.parametrize(
    "said",
    [
        'FATAL:  password authentication failed for user "aiponge_app"',
        'FATAL:  no pg_hba.conf entry for host "10.20.1.4", user "x", database "y", no encryption',
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "FATAL:  sorry, too many clients already",
    ],
)
def test_what_postgresql_refuses_is_counted(prod: Deployment, said: str) -> None:
    one = prod.named("monitoring-database-refuses", "LogMetricFilter")
    assert one["logGroupName"] == "/aws/rds/instance/aiponge-rds/postgresql"
    assert (metric_of(one)["namespace"], metric_of(one)["name"]) == ("Aiponge/Db", "RdsFatal")
    prefix = "2026-05-01 10:00:00 UTC:10.20.1.4(5432):app@aiponge:[77]:"
    assert matches(one["pattern"], prefix + said)
    assert not matches(one["pattern"], prefix + "LOG:  connection authorized: user=aiponge_app")


def long_messages(count: int) -> list[str]:
    """So many different messages of 100 characters."""
    return [f"{number:0100}" for number in range(count)]


def test_the_longest_list_a_stack_file_may_hold_makes_a_pattern_that_fits() -> None:
    def fits(count: int) -> LogPatternsSettings:
        return LogPatternsSettings.model_validate({"authFailure": long_messages(count)})

    most = max(count for count in range(12) if accepted(fits, count))
    assert most >= 6
    for signal in SIGNALS:
        assert len(json_pattern(signal.events, long_messages(most))) <= MAX_PATTERN


@pytest.mark.failure(34)
def test_a_longer_list_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValidationError, match=r"pattern of 1\d+ chars, CloudWatch takes 1024; use prefixes"):
        LogPatternsSettings.model_validate({"authFailure": long_messages(9)})


@pytest.mark.parametrize("said", ['say "no"', "a\\b", "two*stars*", "line\nbreak", ""])
def test_a_message_that_would_change_the_pattern_is_refused(said: str) -> None:
    with pytest.raises(ValidationError):
        LogPatternsSettings.model_validate({"authFailure": [said]})


def test_every_signal_has_its_place_in_the_stack_file() -> None:
    for signal in SIGNALS:
        assert messages_of(signal, LogPatternsSettings()) == ()


def accepted(make: Any, count: int) -> bool:
    try:
        make(count)
    except ValidationError:
        return False
    return True
