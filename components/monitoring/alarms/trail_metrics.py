"""The metrics counted in CloudTrail's log group: configuration changes, sign-ins, reads of secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from components.monitoring.alarm import Severity
from components.monitoring.alarms import trail_patterns as patterns
from settings.names import Names

NAMESPACE = "Security/CloudTrail"
_FAILED_SIGN_INS, _REFUSED_SECRETS = 3, 3


@dataclass(frozen=True, kw_only=True)
class TrailLog:
    """The trail's log group, and the roles that may read the stack's secrets."""

    log_group_name: pulumi.Input[str]
    readers: Sequence[str]
    """Names of the roles that read secrets; each may end in ``*``."""
    store: str
    """The service that stores them: ``secretsmanager`` or ``ssm``."""
    detector: bool = False
    """Whether the stack also has a GuardDuty detector."""


@dataclass(frozen=True, kw_only=True)
class TrailMetric:
    """A metric counted in the trail, and the alarm on it."""

    id: str
    slug: str
    metric: str
    description: str
    pattern: str
    severity: Severity = "warning"
    threshold: int = 1
    period_s: int = 300


def trail_metrics(trail: TrailLog, names: Names) -> Iterator[TrailMetric]:
    """Every metric that is counted in the trail."""
    yield from _signs(names)
    yield from _changes(names)
    yield from _secrets(trail, names)


def _signs(names: Names) -> Iterator[TrailMetric]:
    yield TrailMetric(
        id="C1",
        slug="refused-call",
        metric="UnauthorizedCalls",
        description="An API call was denied.",
        pattern=patterns.refused(names.config_role),
    )
    yield TrailMetric(
        id="C2",
        slug="sign-in-without-mfa",
        metric="SignInWithoutMfa",
        description="Somebody signed in to the console without MFA.",
        pattern=patterns.SIGNED_IN_WITHOUT_MFA,
        severity="critical",
    )
    yield TrailMetric(
        id="C3",
        slug="root-acted",
        metric="RootUsage",
        description="The root user made a call.",
        pattern=patterns.ROOT_ACTED,
        severity="critical",
    )
    yield TrailMetric(
        id="C6",
        slug="sign-in-failed",
        metric="ConsoleSignInFailures",
        description="Console sign-ins fail: somebody may be guessing passwords.",
        pattern=patterns.SIGN_IN_FAILED,
        threshold=_FAILED_SIGN_INS,
    )
    yield TrailMetric(
        id="S17",
        slug="new-credentials",
        metric="NewCredentials",
        description="An IAM user, access key or console password was created; this account needs none.",
        pattern=patterns.called(patterns.NEW_CREDENTIALS),
        severity="critical",
        period_s=60,
    )


_CHANGES: tuple[tuple[str, str, str, str, Severity], ...] = (
    ("C4", "iam-policy", "IamPolicyChanges", "permissions", "warning"),
    ("C5", "trail", "TrailChanges", "the trail", "critical"),
    ("C8", "bucket-policy", "BucketPolicyChanges", "who may read a bucket", "warning"),
    ("C9", "recorder", "ConfigChanges", "what AWS Config records", "warning"),
    ("C10", "security-group", "SecurityGroupChanges", "a security group", "warning"),
    ("C11", "network-acl", "NetworkAclChanges", "a network ACL", "warning"),
    ("C12", "gateway", "GatewayChanges", "a gateway", "warning"),
    ("C13", "route", "RouteChanges", "a route", "warning"),
    ("C14", "vpc", "VpcChanges", "a VPC", "warning"),
)


def _changes(names: Names) -> Iterator[TrailMetric]:
    for id, slug, metric, what, severity in _CHANGES:
        calls, service = patterns.CHANGES[slug]
        yield TrailMetric(
            id=id,
            slug=f"{slug}-changed",
            metric=metric,
            description=f"Somebody changed {what}, outside of an update of this stack.",
            pattern=patterns.called(calls, service, but_by=names.update_role),
            severity=severity,
        )
    yield TrailMetric(
        id="C7",
        slug="key-taken-away",
        metric="KeyDisabledOrDeleted",
        description="A KMS key was disabled or scheduled for deletion.",
        pattern=patterns.called(*patterns.KEY_TAKEN_AWAY),
        severity="critical",
    )
    yield TrailMetric(
        id="C15",
        slug="organization-changed",
        metric="OrganizationChanges",
        description="The AWS organization was changed.",
        pattern=patterns.called(*patterns.ORGANIZATION_CHANGED),
    )


def _secrets(trail: TrailLog, names: Names) -> Iterator[TrailMetric]:
    yield TrailMetric(
        id="S1",
        slug="secret-read-unexpected",
        metric="SecretReadUnexpected",
        description="A secret was read by a principal that is not one of its readers.",
        pattern=patterns.read_unexpectedly(trail.store, trail.readers),
        severity="critical",
        period_s=60,
    )
    yield TrailMetric(
        id="S2",
        slug="secret-read-denied",
        metric="SecretReadDenied",
        description="A request for a secret was denied.",
        pattern=patterns.refused_secret(names.config_role),
        severity="critical",
        threshold=_REFUSED_SECRETS,
    )
    yield TrailMetric(
        id="S5",
        slug="secret-tampered",
        metric="SecretTamper",
        description="A secret, its policy or its key was deleted, or its rotation was cancelled.",
        pattern=patterns.called(patterns.TAMPERED),
        severity="critical",
        period_s=60,
    )
