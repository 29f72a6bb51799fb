"""The metrics of reads, denied reads, decryptions and deletions of secrets in CloudTrail's log group."""

from __future__ import annotations

from collections.abc import Iterator

from components.monitoring.alarm import Band
from components.monitoring.alarms.trail import patterns
from components.monitoring.alarms.trail.attachments import attachment_patterns
from components.monitoring.alarms.trail.log import TrailLog, TrailMetric
from settings.names import Names

_REFUSED_SECRETS = 3
_USUAL_DEVIATIONS = 3


def secret_metrics(trail: TrailLog, names: Names) -> Iterator[TrailMetric]:
    """Yield the metrics on the secrets of a stack."""
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
        id="S3",
        slug="secret-reads-unusual",
        metric="SecretReads",
        description="Secrets are read more often than is usual at this hour.",
        pattern=patterns.read(trail.store),
        threshold=Band(_USUAL_DEVIATIONS),
        periods=3,
    )
    yield TrailMetric(
        id="S4",
        slug="decrypted-unexpectedly",
        metric="KmsDecryptUnexpected",
        description="The key of the secrets was used to decrypt by a principal that reads none of them.",
        pattern=patterns.decrypted_unexpectedly(trail.secrets_key_arn, trail.readers),
        severity="critical",
        period_s=60,
    )
    yield TrailMetric(
        id="S5",
        slug="secret-tampered",
        metric="SecretTamper",
        description="A secret, its policy or its key was deleted, its rotation was cancelled, or somebody "
        "attached something to a resource of the stack or shared it.",
        pattern=patterns.called(patterns.TAMPERED),
        more_patterns=tuple(attachment_patterns(names, queues=trail.queues, schedules=trail.schedules)),
        severity="critical",
        period_s=60,
    )
