"""Alarms on the ages of secrets and restore tests, and on certificates that expire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

from components.monitoring.alarm import Alarm, Metric, Severity

DAY_S, HOUR_S = 86_400, 3600
UNPUBLISHED_HOURS = 30
"""How long the function may not run: two runs may be a day and some seconds apart."""
WARN_AT_SHARE = 0.9
"""The share of a secret's maximum age from which on it is a warning."""
RESTORE_TEST_DAYS = 35
"""A month and some days: restore tests run on the first of each month."""
AUTHORITY_DAYS: tuple[tuple[Severity, int], ...] = (("warning", 90), ("critical", 30))
CERTIFICATE_DAYS: tuple[tuple[Severity, int], ...] = (("warning", 30), ("critical", 14))


@dataclass(frozen=True, kw_only=True)
class AgeMetrics:
    """What the function that publishes ages publishes."""

    namespace: str
    functions: Mapping[str, pulumi.Input[str]]
    """Names of the functions, by what they do."""
    rules: Sequence[str]
    """Event rules that invoke them: their names after the application's prefix."""
    max_age_days: Mapping[str, int]
    """Maximum age of each secret, by its name in the store."""
    restore_tests: bool
    """Whether it publishes the age of the last restore test."""
    authority: bool = True
    """Whether it publishes when the certificate authority of the database expires."""


def age_alarms(ages: AgeMetrics) -> Iterator[Alarm]:
    """Yield the alarms on published ages, and one on a function that publishes nothing."""

    def daily(name: str, stat: Literal["Maximum", "Minimum"], dimensions: Mapping[str, str]) -> Metric:
        return Metric(namespace=ages.namespace, name=name, dimensions=dimensions, stat=stat, period_s=DAY_S)

    for name, days in ages.max_age_days.items():
        label = name.strip("/").replace("/", "-")
        limits: tuple[tuple[str, float, Severity, str], ...] = (
            ("overdue", days, "critical", f"{name} is older than {days} days: rotate it."),
            (
                "due",
                int(days * WARN_AT_SHARE),
                "warning",
                f"{name} reaches its maximum age of {days} days soon: rotate it.",
            ),
        )
        for slug, threshold, severity, description in limits:
            yield Alarm(
                id="S7",
                slug=f"secret-{slug}-{label}",
                description=description,
                series=daily("SecretAgeDays", "Maximum", {"Name": name}),
                compare=">",
                threshold=threshold,
                severity=severity,
            )
    yield Alarm(
        id="S8",
        slug="ages-unpublished",
        description=f"The function that publishes ages did not run for {UNPUBLISHED_HOURS} hours: "
        "the alarms on ages get no data.",
        series=Metric(
            namespace="AWS/Lambda",
            name="Invocations",
            dimensions={"FunctionName": ages.functions["publish-ages"]},
            period_s=HOUR_S,
        ),
        compare="<",
        threshold=1,
        severity="critical",
        periods=UNPUBLISHED_HOURS,
        missing="breaching",
    )
    if ages.restore_tests:
        yield Alarm(
            id="S11",
            slug="restore-test-old",
            description=f"No restore test succeeded for {RESTORE_TEST_DAYS} days.",
            series=daily("RestoreTestAgeDays", "Maximum", {}),
            compare=">",
            threshold=RESTORE_TEST_DAYS,
            severity="critical",
        )
    for severity, days in AUTHORITY_DAYS if ages.authority else ():
        yield Alarm(
            id="S12",
            slug=f"database-authority-{severity}",
            description=f"The certificate authority of the database expires within {days} days.",
            series=daily("DatabaseCertificateAuthorityDays", "Minimum", {}),
            compare="<=",
            threshold=days,
            severity=severity,
        )


def certificate_alarms(certificate_arn: pulumi.Input[str]) -> Iterator[Alarm]:
    """Yield the alarms on the days until the load balancer's certificate expires."""
    for severity, days in CERTIFICATE_DAYS:
        yield Alarm(
            id="S12",
            slug=f"certificate-{severity}",
            description=f"The certificate of the load balancer expires within {days} days.",
            series=Metric(
                namespace="AWS/CertificateManager",
                name="DaysToExpiry",
                dimensions={"CertificateArn": certificate_arn},
                stat="Minimum",
                period_s=DAY_S,
            ),
            compare="<=",
            threshold=days,
            severity=severity,
        )
