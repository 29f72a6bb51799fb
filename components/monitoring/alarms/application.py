"""Alarms on what the application logs: failed logins, rejected internal calls, lost data stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pulumi

from components.monitoring.alarm import Alarm, Band, Metric
from components.monitoring.log_filters import (
    AUTH_FAILURE,
    CRYPTO_ERROR,
    DB_CONNECT_FAILURE,
    INTERNAL_AUTH_FAILURE,
    INTERNAL_CALL_FAILURE,
    Signal,
)
from settings.schema.monitoring import MonitoringSettings

INTERNAL_AUTH_FAILURES_PER_5_MIN = 5
DB_CONNECT_FAILURES_PER_MIN = 3
INTERNAL_CALL_FAILURES_PER_5_MIN = 10
USUAL_DEVIATIONS = 2


def application_alarms(metrics_of: str, settings: MonitoringSettings) -> Iterator[Alarm]:
    """Yield the alarms on the metrics of the log filters."""

    def counted(signal: Signal, period_s: int = 300) -> Metric:
        return Metric(namespace=metrics_of, name=signal.metric, period_s=period_s)

    yield Alarm(
        id="AL1",
        slug="auth-failure",
        description="Many logins fail: somebody may be guessing passwords.",
        series=counted(AUTH_FAILURE),
        threshold=settings.auth_failures_per_5_min,
        severity="critical",
    )
    yield Alarm(
        id="AL1",
        slug="auth-failure-unusual",
        description="More logins fail than is usual at this hour.",
        series=counted(AUTH_FAILURE),
        threshold=Band(USUAL_DEVIATIONS),
        severity="warning",
        periods=3,
    )
    yield Alarm(
        id="AL2",
        slug="internal-auth-failure",
        description="Signatures of internal calls are rejected: forged calls, or a key that some services lack.",
        series=counted(INTERNAL_AUTH_FAILURE),
        threshold=INTERNAL_AUTH_FAILURES_PER_5_MIN,
        severity="critical",
    )
    yield Alarm(
        id="AL3",
        slug="db-connect-failure",
        description="Services cannot connect to their data stores.",
        series=counted(DB_CONNECT_FAILURE, 60),
        threshold=DB_CONNECT_FAILURES_PER_MIN,
        severity="critical",
        periods=3,
    )
    yield Alarm(
        id="AL11",
        slug="internal-call-failure",
        description="Calls between services fail.",
        series=counted(INTERNAL_CALL_FAILURE),
        threshold=INTERNAL_CALL_FAILURES_PER_5_MIN,
        severity="warning",
    )
    yield Alarm(
        id="AL12",
        slug="crypto-error",
        description="Entries cannot be encrypted or decrypted: a wrong key, or damaged data.",
        series=counted(CRYPTO_ERROR, 60),
        threshold=1,
        severity="critical",
    )


def masking_alarms(groups: Mapping[str, pulumi.Input[str]]) -> Iterator[Alarm]:
    """Yield the alarms on what the data protection policies found."""
    for group, log_group_name in groups.items():
        yield Alarm(
            id="S15",
            slug=f"secret-in-log-{group.replace('/', '-')}",
            description=f"{group} logged a credential. It is masked: rotate it, and remove the log statement.",
            series=Metric(
                namespace="AWS/Logs",
                name="LogEventsWithFindings",
                dimensions={"DataProtectionOperation": "Audit", "LogGroupName": log_group_name},
                period_s=60,
            ),
            threshold=1,
            severity="critical",
        )
