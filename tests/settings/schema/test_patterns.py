"""Tests that an error about the form of a text says the form in words."""

from __future__ import annotations

from settings.stack_file import ROOT


def test_no_model_shows_a_regular_expression_in_its_errors() -> None:
    """Pydantic's own error for a pattern quotes it; a rule of ``settings/aws`` says what is expected."""
    showing = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "settings").rglob("*.py"))
        if "pattern=r" in path.read_text()
    ]
    assert showing == []
