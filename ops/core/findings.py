"""The findings of a check: what is wrong, where, and what to do. A finding never contains a secret value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emulation_limits import emulated, reason


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


def _limit(one: Finding) -> str | None:
    return reason(one.check, unanswered=one.unanswered)


@dataclass(frozen=True)
class LookedAt:
    """One kind of attachment that was read, of the resources of one type."""

    type: str
    """The type of the resources, as Pulumi names it."""
    attachment: str
    resources: int
    """How many resources there were."""
    answered: bool = True
    """Whether AWS answered every call."""


@dataclass(frozen=True)
class Answered:
    """What one check asked of AWS."""

    check: str
    calls: Sequence[str]
    """Each call once, as ``service:Operation``."""
    attachments: Sequence[LookedAt] = ()

    def to_dict(self) -> dict[str, Any]:
        """What was asked as a JSON object."""
        attachments = [vars(one) for one in self.attachments]
        return {"check": self.check, "calls": [*self.calls], "attachments": attachments}


@dataclass(frozen=True)
class Report:
    """All findings of one run, how many checks were made, and what each asked of AWS."""

    findings: list[Finding]
    checks: int
    looked_at: Sequence[Answered] = ()

    @property
    def unanswered(self) -> bool:
        """Whether every finding is a check that could not be made."""
        return bool(self.findings) and all(finding.unanswered for finding in self.findings)

    def without_limits(self) -> tuple[Report, list[str]]:
        """The report without what an emulated AWS cannot answer, and one line for each of these checks."""
        if not emulated():
            return self, []
        limits = {one.check: why for one in self.findings if (why := _limit(one))}
        left = [one for one in self.findings if not _limit(one)]
        return Report(left, self.checks, self.looked_at), [f"{check}: {why}" for check, why in limits.items()]

    def to_dict(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {
            "checks": self.checks,
            "findings": [finding.to_dict() for finding in self.findings],
            "lookedAt": [one.to_dict() for one in self.looked_at],
        }
