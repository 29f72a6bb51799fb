"""The metrics counted in CloudTrail's log group: configuration changes, sign-ins, access, secrets."""

from __future__ import annotations

from collections.abc import Iterator

from components.monitoring.alarm import Severity
from components.monitoring.alarms.trail import patterns
from components.monitoring.alarms.trail.access import access_metrics
from components.monitoring.alarms.trail.log import TrailLog, TrailMetric
from components.monitoring.alarms.trail.secrets import secret_metrics
from settings.names import Names

_FAILED_SIGN_INS = 3


def trail_metrics(trail: TrailLog, names: Names) -> Iterator[TrailMetric]:
    """Every metric that is counted in the trail."""
    yield from _signs(names)
    yield from _changes(names)
    yield from secret_metrics(trail, names)
    yield from access_metrics(names)


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
