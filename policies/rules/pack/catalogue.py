"""Reads what ``policies/catalogue.yaml`` says of each rule: severity, risk, and ids in standards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rules.pack.rule import Level, Rule

FILE = Path(__file__).parents[2] / "catalogue.yaml"
SEVERITIES = ("low", "medium", "high", "critical")
STANDARDS = {
    "cis": "CIS AWS Foundations 3.0",
    "fsbp": "AWS Foundational Security Best Practices",
    "checkov": "Checkov",
    "trivy": "Trivy",
}
"""The standards and tools whose ids a rule may have, by their keys in the file."""


@dataclass(frozen=True)
class About:
    """What is said of one rule."""

    severity: str
    risk: str
    standards: Mapping[str, tuple[str, ...]]
    """Ids by key of ``STANDARDS``."""


@cache
def _file() -> Mapping[str, Any]:
    return yaml.safe_load(FILE.read_text("utf-8"))


def standards() -> Mapping[str, Mapping[str, list[str]]]:
    """The ids of every rule that has any."""
    return _file()["standards"]


def about(rule: Rule) -> About:
    """The severity, risk and standards of a rule; KeyError where no pattern of a risk matches its name."""
    for entry in _file()["risks"]:
        if any(fnmatchcase(rule.name, pattern) for pattern in entry["rules"]):
            ids = standards().get(rule.name, {})
            return About(
                severity=_severity(entry["severity"], rule.level),
                risk=entry["risk"],
                standards={key: tuple(ids[key]) for key in STANDARDS if key in ids},
            )
    raise KeyError(f"{rule.name} has no risk: add it to a list in {FILE.name}")


def _severity(given: str, level: Level) -> str:
    """The severity by level: one lower where production alone is held to it, low where nobody is."""
    if level is Level.ADVISORY:
        return SEVERITIES[0]
    return SEVERITIES[max(SEVERITIES.index(given) - (level is Level.PRODUCTION), 0)]
