"""The metrics of how people and pipelines get access, in CloudTrail's log group."""

from __future__ import annotations

from collections.abc import Iterator

from components.monitoring.alarms.trail import patterns
from components.monitoring.alarms.trail.log import TrailMetric
from settings.names import Names


def access_metrics(names: Names) -> Iterator[TrailMetric]:
    """Yield the metrics of new credentials, denied sign-ins, the emergency role, sessions and commands."""
    yield TrailMetric(
        id="S17",
        slug="new-credentials",
        metric="NewCredentials",
        description="An IAM user, access key or console password was created; this account needs none.",
        pattern=patterns.called(patterns.NEW_CREDENTIALS),
        severity="critical",
        period_s=60,
    )
    yield TrailMetric(
        id="S18",
        slug="oidc-sign-in-denied",
        metric="OidcSignInDenied",
        description="A sign-in through OIDC was denied, of another repository, branch or workflow.",
        pattern=patterns.SIGN_IN_REFUSED,
        period_s=60,
    )
    yield TrailMetric(
        id="S19",
        slug="emergency-role-used",
        metric="EmergencyRoleUsed",
        description="Somebody asked for the emergency role, or acts with it.",
        pattern=patterns.assumed(names.role_arn(names.emergency_role), names.emergency_role),
        severity="critical",
        period_s=60,
    )
    yield TrailMetric(
        id="S20",
        slug="session-started",
        metric="SessionStarted",
        description="Somebody opened a shell on a host or in a task.",
        pattern=patterns.SESSION_STARTED,
        period_s=60,
    )
    yield TrailMetric(
        id="S21",
        slug="foreign-command",
        metric="ForeignCommand",
        description="A command was sent with a document that does not belong to this application.",
        pattern=patterns.command_sent((names.part("*"), names.document_arn(names.part("*")))),
        severity="critical",
        period_s=60,
    )
