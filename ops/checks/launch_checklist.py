"""The checklist before the release: a line is done when all checks of its rows pass, and says by what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops.checks.verify import run
from ops.checks.verify.data.database import instance
from ops.checks.verify.network.vpc import subnets
from ops.checks.verify.registry import REGISTRY
from ops.checks.verify.secrets.values import fingerprint, plain_values
from ops.core.aws_state import Estate
from ops.core.findings import Finding
from settings.connections import edges, groups

Evidence = Callable[[Estate], str]


@dataclass(frozen=True)
class Line:
    """One line of the list, answered."""

    row: str
    title: str
    evidence: str
    findings: tuple[Finding, ...]
    built: bool = True

    @property
    def done(self) -> bool:
        """Whether nothing speaks against it."""
        return self.built and not self.findings

    def __str__(self) -> str:
        head = f"[{'x' if self.done else ' '}] {self.row} {self.title}: {self.evidence}"
        return "\n".join((head, *(f"      {finding}" for finding in self.findings)))

    def to_dict(self) -> dict[str, Any]:
        """The line as JSON carries it."""
        return {
            "row": self.row,
            "title": self.title,
            "done": self.done,
            "evidence": self.evidence,
            "findings": [finding.to_dict() for finding in self.findings],
        }


def walk(estate: Estate) -> list[Line]:
    """Every line of the list, in order."""
    return [_answer(estate, row, title, rows, evidence) for row, title, rows, evidence in _LIST]


def _answer(estate: Estate, row: str, title: str, rows: tuple[str, ...], evidence: Evidence) -> Line:
    checks = tuple(one for one in REGISTRY.values() if {row, *rows} & set(one.rows))
    if not checks:
        return Line(row, title, "no check is built for it yet: do it by hand and record it", (), built=False)
    speaks = {row, *rows}
    against = tuple(found for found in run(estate, checks).findings if speaks & set(found.rows))
    return Line(row, title, evidence(estate), against)


def _keys(*kinds: str) -> Evidence:
    def evidence(estate: Estate) -> str:
        found = [
            f"{entry.store_name} {fingerprint(entry, value)} of {value.created.date()}"
            for entry, value in plain_values(estate, *kinds)
        ]
        return "; ".join(found) or "the store holds none"

    return evidence


def _database(*parts: str) -> Evidence:
    def evidence(estate: Estate) -> str:
        one = instance(estate)
        if one is None:
            return "there is no database"
        return ", ".join(f"{part}={one.get(part)}" for part in parts)

    return evidence


def _tiers(estate: Estate) -> str:
    counts = [f"{len(subnets(estate, tier))} {tier}" for tier in ("public", "private", "isolated")]
    return f"subnets: {', '.join(counts)}"


def _edges(estate: Estate) -> str:
    settings = estate.settings
    return f"{len(groups(settings))} groups, {len(edges(settings))} declared edges"


def _log_groups(estate: Estate) -> str:
    found = estate.list(
        "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=estate.names.log_group("")
    )
    return f"{len(found)} log groups under {estate.names.log_group('')}"


def _alarms(estate: Estate) -> str:
    found = estate.list(
        "cloudwatch", "describe_alarms", "MetricAlarms", AlarmNamePrefix=estate.names.part("")
    )
    return f"{len(found)} alarms"


_LIST: tuple[tuple[str, str, tuple[str, ...], Evidence], ...] = (
    ("A34", "Entry encryption key generated and stored", ("A4", "A6"), _keys("aes-256-key")),
    ("A35", "Internal service secret generated and stored", ("A13", "A14"), _keys("hmac-key")),
    ("A36", "Database encrypted at rest", ("A15", "A16"), _database("StorageEncrypted", "KmsKeyId")),
    ("A37", "Database takes TLS only", ("A17", "A18"), _database("CACertificateIdentifier")),
    ("A38", "Services in private subnets", ("A19", "A21", "A22", "A23"), _tiers),
    ("A39", "Security groups", ("A20", "A24", "A25", "A26", "A27", "A28", "A29", "A30"), _edges),
    ("A40", "Logging for all services", (), _log_groups),
    ("A41", "Alarms for failed authentication", ("A44",), _alarms),
    ("A42", "Automated backups, seven days or more", (), _database("BackupRetentionPeriod")),
    ("A43", "Restore tested", (), lambda estate: ""),
)
"""Row, title, rows whose checks prove it beside its own, evidence."""
