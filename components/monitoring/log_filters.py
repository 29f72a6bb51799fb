"""Counts log lines with metric filters: events of the log contract, and the application's own messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.options import child_of
from settings.schema.monitoring import LogPatternsSettings, MonitoringSettings


@dataclass(frozen=True)
class Signal:
    """An event that is counted, whichever application logs it."""

    slug: str
    metric: str
    events: tuple[str, ...]
    """Its event names in version 1 of the log contract."""


AUTH_FAILURE = Signal("auth-failure", "AuthFailure", ("auth.failure",))
INTERNAL_AUTH_FAILURE = Signal("internal-auth-failure", "InternalAuthFailure", ("internal.auth.failure",))
DB_CONNECT_FAILURE = Signal("db-connect-failure", "DbConnectFailure", ("db.connect.failure",))
CRYPTO_ERROR = Signal("crypto-error", "CryptoError", ("crypto.encrypt.error", "crypto.decrypt.error"))
INTERNAL_CALL_FAILURE = Signal("internal-call-failure", "InternalCallFailure", ("internal.call.failure",))

LATENCY = '{($.event="internal.call")&&($.duration_ms>=0)}'
VIOLATION = "{$.v NOT EXISTS}"
DATABASE_FATAL = (
    "password authentication failed",
    "no pg_hba.conf entry",
    "remaining connection slots",
    "too many clients",
)


def namespace(prefix: str, what: str = "App") -> str:
    """The namespace of the metrics that come from an application's logs: ``Shop/App``."""
    return f"{prefix.capitalize()}/{what}"


def messages_of(signal: Signal, own: LogPatternsSettings) -> tuple[str, ...]:
    """The application's own messages for ``signal``, from its stack file."""
    return getattr(own, signal.slug.replace("-", "_"))


def json_pattern(events: Sequence[str], messages: Sequence[str]) -> str:
    """The filter pattern of a JSON line with one of ``events`` or one of ``messages``."""
    terms = [f'($.event="{event}")' for event in events]
    terms += [f'($.message="{message}")' for message in messages]
    return "{" + "||".join(terms) + "}"


def text_pattern(phrases: Sequence[str]) -> str:
    """The filter pattern of a plain text line with one of ``phrases``."""
    return " ".join(f'?"{phrase}"' for phrase in phrases)


SIGNALS = (AUTH_FAILURE, INTERNAL_AUTH_FAILURE, DB_CONNECT_FAILURE, CRYPTO_ERROR, INTERNAL_CALL_FAILURE)


def count_signals(
    owner: pulumi.ComponentResource,
    groups: Mapping[str, pulumi.Input[str]],
    settings: MonitoringSettings,
    metrics_of: str,
) -> None:
    """Count every signal in every log group; one metric adds up the counts of all groups."""
    for group, log_group_name in groups.items():
        for slug, metric, pattern in _patterns(settings):
            count(owner, f"{group}-{slug}", log_group_name, pattern, metrics_of, metric)
        _measure_latency(owner, group, log_group_name, metrics_of)


def _patterns(settings: MonitoringSettings) -> Iterator[tuple[str, str, str]]:
    for signal in SIGNALS:
        yield (
            signal.slug,
            signal.metric,
            json_pattern(signal.events, messages_of(signal, settings.log_patterns)),
        )
        if texts := messages_of(signal, settings.log_texts):
            yield f"{signal.slug}-text", signal.metric, text_pattern(texts)
    yield "contract-violation", "ContractViolation", VIOLATION


def count(
    owner: pulumi.ComponentResource,
    label: str,
    log_group_name: pulumi.Input[str],
    pattern: pulumi.Input[str],
    metrics_of: str,
    metric: str,
) -> None:
    """Count 1 for every line that matches ``pattern``, and 0 otherwise, so that the alarm has data."""
    cloudwatch.LogMetricFilter(
        f"{owner.pulumi_resource_name}-{label}",
        log_group_name=log_group_name,
        pattern=pattern,
        metric_transformation=cloudwatch.LogMetricFilterMetricTransformationArgs(
            namespace=metrics_of, name=metric, value="1", default_value="0"
        ),
        opts=child_of(owner),
    )


def _measure_latency(
    owner: pulumi.ComponentResource, group: str, log_group_name: pulumi.Input[str], metrics_of: str
) -> None:
    cloudwatch.LogMetricFilter(
        f"{owner.pulumi_resource_name}-{group}-internal-call",
        log_group_name=log_group_name,
        pattern=LATENCY,
        # CloudWatch refuses a default value together with dimensions.
        metric_transformation=cloudwatch.LogMetricFilterMetricTransformationArgs(
            namespace=metrics_of,
            name="InternalCallLatency",
            value="$.duration_ms",
            unit="Milliseconds",
            dimensions={"Peer": "$.peer"},
        ),
        opts=child_of(owner),
    )
