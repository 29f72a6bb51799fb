"""What a check found: one line each that says what is wrong, where, and how to mend it, and never a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the stack declares it."""

    check: str
    """The slug of the check that found it."""
    rows: tuple[str, ...]
    """The acceptance rows that do not hold because of it."""
    subject: str
    """Where: an AWS name, id or ARN."""
    problem: str
    remedy: str
    unanswered: bool = False
    """Whether AWS would not say: nothing is known to be wrong, nor to be right."""

    def __str__(self) -> str:
        rows = f" ({', '.join(self.rows)})" if self.rows else ""
        return f"{self.subject}: {self.problem}; {self.remedy}{rows} [{self.check}]"

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON carries it."""
        return {
            "check": self.check,
            "rows": list(self.rows),
            "subject": self.subject,
            "problem": self.problem,
            "remedy": self.remedy,
            "unanswered": self.unanswered,
        }


@dataclass(frozen=True)
class Report:
    """All findings of one run, and how many checks looked."""

    findings: list[Finding]
    checks: int

    @property
    def unanswered(self) -> bool:
        """Whether nothing is known to be wrong, but AWS did not answer every question."""
        return bool(self.findings) and all(finding.unanswered for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON carries it."""
        return {"checks": self.checks, "findings": [finding.to_dict() for finding in self.findings]}
