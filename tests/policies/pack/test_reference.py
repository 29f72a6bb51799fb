"""Checks that docs/policies.md is up to date."""

from rules.pack.reference import PAGE, render


def test_the_page_is_generated_from_the_rules_as_they_are() -> None:
    assert PAGE.read_text("utf-8") == render(), "run make docs"
