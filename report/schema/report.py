"""The model of a whole report: the JSON document that the page draws."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from report.schema.alarms import Alarm, Topic
from report.schema.architecture import Architecture
from report.schema.base import Model
from report.schema.cost import Cost
from report.schema.posture import ChecklistItem, Exemption, Finding, Rule, Secret

VERSION = 1
"""Raised when a field is removed or changes its meaning; a new field does not raise it."""


class Difference(Model):
    """One setting that differs between two stacks."""

    section: str
    """The object of the stack file, such as ``database``."""
    path: str
    """The path of the setting in it."""
    here: str
    """The value of this stack; empty where it has none."""
    there: str
    """The value of the other stack; empty where it has none."""


class Comparison(Model):
    """The declared differences between this stack and another one."""

    against: str
    same: int
    """How many settings are the same."""
    differences: tuple[Difference, ...]


class Report(Model):
    """What a stack consists of, who may read its secrets, and what was found. It contains no secret value."""

    version: Literal[1] = VERSION
    stack: str
    application: str
    environment: str
    production: bool
    account: str
    region: str
    source: Literal["aws", "sandbox"]
    """Whether the stack runs in AWS or in the sandbox."""
    created: datetime
    url: str
    """The public URL of the application."""
    checks: int
    """How many checks of the running stack were made."""
    not_covered: tuple[str, ...]
    """What this report does not say, and why."""
    architecture: Architecture
    secrets: tuple[Secret, ...]
    checklist: tuple[ChecklistItem, ...]
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    """The checks and policy rules that the findings are of."""
    exemptions: tuple[Exemption, ...]
    alarms: tuple[Alarm, ...]
    topics: tuple[Topic, ...]
    cost: Cost | None = None
    """Absent where there are no prices of the region."""
    comparison: Comparison | None = None
    """Present where another stack was named."""
