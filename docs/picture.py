"""Draws the picture of README.md: the architecture that the stack file of production declares."""

from __future__ import annotations

from datetime import UTC, datetime

from report.collect.architecture import architecture
from report.render import picture
from report.schema import Report
from settings import read_stack_file

STACK = "prod"


def text() -> str:
    """The picture as SVG."""
    settings = read_stack_file(STACK)
    declared = Report(
        stack=STACK,
        application=settings.application.name,
        environment=settings.environment.name,
        production=settings.environment.production,
        account=settings.account_id,
        region=settings.region,
        source="aws",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        url="",
        checks=0,
        not_covered=(),
        architecture=architecture(settings, (), ()),
        secrets=(),
        checklist=(),
        findings=(),
        rules=(),
        exemptions=(),
        alarms=(),
        topics=(),
    )
    return picture(declared)
