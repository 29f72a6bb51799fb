"""The findings of a check: what is wrong, where, and what to do. A finding never contains a secret value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One difference between the running stack and its declaration."""

    check: str
    """Name of the check that found it."""
    requirements: tuple[str, ...]
    """Codes of the requirements that are not met because of it (docs/requirements.md); in JSON only."""
    subject: str
    """AWS name, ID or ARN."""
    problem: str
    remedy: str
    unanswered: bool = False
    """Whether the check could not be made because AWS did not answer or denied the call."""

    def __str__(self) -> str:
        return f"{self.subject}: {self.problem}; {self.remedy} [{self.check}]"

    def to_dict(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return {
            "check": self.check,
            "requirements": list(self.requirements),
            "subject": self.subject,
            "problem": self.problem,
            "remedy": self.remedy,
            "unanswered": self.unanswered,
        }


@dataclass(frozen=True)
class Report:
    """All findings of one run, and how many checks were made."""

    findings: list[Finding]
    checks: int

    @property
    def unanswered(self) -> bool:
        """Whether every finding is a check that could not be made."""
        return bool(self.findings) and all(finding.unanswered for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {"checks": self.checks, "findings": [finding.to_dict() for finding in self.findings]}
