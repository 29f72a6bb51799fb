"""The launch checklist: an item is done when every check of its requirements passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ops.checks import restore_tests
from ops.checks.verify import run
from ops.checks.verify.data.database import instance
from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.registry import REGISTRY, Check
from ops.checks.verify.secrets.values import fingerprint, plain_values
from ops.core.aws_state import AwsState
from ops.core.findings import Finding
from ops.core.resources.alarms import stack_alarms
from settings.connections import declared_connections, security_groups

Evidence = Callable[[AwsState], str]


@dataclass(frozen=True)
class Line:
    """One item of the checklist with its evidence and findings."""

    requirement: str
    """Its code in docs/requirements.md; in JSON only."""
    title: str
    evidence: str
    findings: tuple[Finding, ...]

    @property
    def done(self) -> bool:
        """Whether every check of the item was made and found nothing."""
        return not self.findings

    def __str__(self) -> str:
        head = f"[{'x' if self.done else ' '}] {self.title}: {self.evidence}"
        return "\n".join((head, *(f"      {finding}" for finding in self.findings)))

    def to_dict(self) -> dict[str, Any]:
        """The item as a JSON object."""
        return {
            "requirements": [self.requirement],
            "title": self.title,
            "done": self.done,
            "evidence": self.evidence,
            "findings": [finding.to_dict() for finding in self.findings],
        }


def walk(aws: AwsState, stack: str) -> list[Line]:
    """Every item of the checklist, in order."""
    return [*(_answer(aws, *line) for line in _LIST), _restore(aws, stack)]


def _restore(aws: AwsState, stack: str) -> Line:
    """The item that no check of ``ops verify`` covers: a new stack has no backup that could be restored."""
    tested = Check("restore-tested", ("A43",), partial(restore_tests.untested, stack=stack))
    return _answer(aws, "A43", "Restore tested", (), partial(restore_tests.evidence, stack=stack), (tested,))


def _answer(
    aws: AwsState,
    code: str,
    title: str,
    others: tuple[str, ...],
    evidence: Evidence,
    own: tuple[Check, ...] = (),
) -> Line:
    proven_by = {code, *others}
    checks = (*own, *(one for one in REGISTRY.values() if proven_by & set(one.requirements)))
    findings = tuple(found for found in run(aws, checks).findings if proven_by & set(found.requirements))
    return Line(code, title, evidence(aws), findings)


def _keys(*kinds: str) -> Evidence:
    def evidence(aws: AwsState) -> str:
        found = [
            f"{entry.store_name} {fingerprint(entry, value)} of {value.created.date()}"
            for entry, value in plain_values(aws, *kinds)
        ]
        return "; ".join(found) or "none in the store"

    return evidence


def _database(*parts: str) -> Evidence:
    def evidence(aws: AwsState) -> str:
        one = instance(aws)
        if one is None:
            return "there is no database"
        return ", ".join(f"{part}={one.get(part)}" for part in parts)

    return evidence


def _tiers(aws: AwsState) -> str:
    counts = [f"{len(subnets(aws, tier))} {tier}" for tier in ("public", "private", "isolated")]
    return f"subnets: {', '.join(counts)}"


def _connections(aws: AwsState) -> str:
    settings = aws.settings
    return (
        f"{len(security_groups(settings))} security groups, "
        f"{len(declared_connections(settings))} declared connections"
    )


def _log_groups(aws: AwsState) -> str:
    found = aws.list("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=aws.names.log_group(""))
    return f"{len(found)} log groups under {aws.names.log_group('')}"


def _alarms(aws: AwsState) -> str:
    return f"{len(stack_alarms(aws, 'MetricAlarms'))} alarms"


_LIST: tuple[tuple[str, str, tuple[str, ...], Evidence], ...] = (
    ("A34", "Entry encryption key generated and stored", ("A4", "A6"), _keys("aes-256-key")),
    ("A35", "Internal service secret generated and stored", ("A13", "A14"), _keys("hmac-key")),
    ("A36", "Database encrypted at rest", ("A15", "A16"), _database("StorageEncrypted", "KmsKeyId")),
    ("A37", "Database accepts TLS only", ("A17", "A18"), _database("CACertificateIdentifier")),
    ("A38", "Services in private subnets", ("A19", "A21", "A22", "A23"), _tiers),
    ("A39", "Security groups", ("A20", "A24", "A25", "A26", "A27", "A28", "A29", "A30"), _connections),
    ("A40", "Logging for all services", (), _log_groups),
    ("A41", "Alarms for failed authentication", ("A44",), _alarms),
    ("A42", "Automated backups, kept for 7 days or more", (), _database("BackupRetentionPeriod")),
)
"""Requirement, title, further requirements whose checks cover it, evidence."""
