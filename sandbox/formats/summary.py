"""Says what matters at the end of an update: the URL, the page, the findings, and the next command."""

from __future__ import annotations

from sandbox.engine.model import Result


def counted(number: int, what: str) -> str:
    """``1 type``, ``2 types``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def summary(result: Result) -> list[tuple[str, str]]:
    """Labels and texts of the last lines; none where no page was written."""
    if not result.page:
        return []
    checked = result.verification
    stopping = sum(one.stops for one in result.findings)
    advice = len(result.findings) - stopping
    found = f"{len(checked.findings) if checked else 0} of verification"
    lines = [
        ("page", result.page),
        ("findings", f"{found}, {stopping} of mandatory policies, {advice} of advisory policies"),
        ("next", result.next_command),
    ]
    return [("url", result.url), *lines] if result.url else lines
