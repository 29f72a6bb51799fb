"""The models of secrets, findings, exemptions and the launch checklist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from report.schema.base import Model

Severity = Literal["critical", "high", "medium", "low"]


class Reader(Model):
    """One role that may read a secret."""

    reader: str
    """The reader as the stack file names it: a service, a tool, ``host``, ``deploy``, or a function."""
    role: str
    """The name of the IAM role."""
    means: str
    """How it gets the value."""


class Secret(Model):
    """One name in a secret store, without its value."""

    key: str
    """The secret's key under ``strongroom:secrets``."""
    name: str
    """Its name in the store."""
    store: str
    kind: str
    holds: Literal["current", "ring", "previous"]
    """The value, the keyring with every active generation, or the previous value."""
    description: str
    generation: int | None
    """The declared generation; absent where an operator or a function supplies the values."""
    rotated_by: str
    """What makes new values, and on what occasion."""
    changed: datetime | None
    """When the current value was stored; absent while there is none."""
    age_days: int | None
    rotate_every: int
    """The greatest age in days that the stack file allows."""
    due: date | None
    """The day on which the value reaches that age."""
    state: Literal["fresh", "due soon", "overdue", "no value"]
    readers: tuple[Reader, ...]


class Finding(Model):
    """Something that is wrong, or could not be checked."""

    source: Literal["verification", "policy"]
    """A check of the running stack, or a rule of the policy pack on the declared resources."""
    rule: str
    """The slug of the check or of the rule."""
    severity: Severity
    stops: bool
    """Whether it makes the update or the verification fail."""
    part: str
    """The ID of the part concerned; empty for the stack as a whole."""
    subject: str
    """The resource concerned, as Pulumi or AWS names it."""
    problem: str
    remedy: str
    requirements: tuple[str, ...] = ()
    """Codes of the requirements in docs/requirements.md."""


class Rule(Model):
    """A check or a policy rule that has findings."""

    id: str
    source: Literal["verification", "policy"]
    sentence: str
    """What must hold."""
    remedy: str = ""


class Exemption(Model):
    """An accepted policy finding with an end date (``policies/exemptions.yaml``)."""

    rule: str
    resources: tuple[str, ...]
    """Names of the resources of this stack that it is for."""
    reason: str
    owner: str
    until: date
    days_left: int
    """Days until it ends; negative once it has expired and exempts nothing."""


class ChecklistItem(Model):
    """One item of the launch checklist."""

    title: str
    done: bool
    evidence: str
    problems: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
