"""Checks that no component names an application: such names are in stack files only."""

from __future__ import annotations

import re

import pytest

from settings.stack_file import ROOT

SOURCES = sorted(
    path for path in (ROOT / "components").rglob("*") if path.suffix in (".py", ".sh", ".service")
)
APPLICATION = re.compile(r"aiponge|cinematch|tmdb|django", re.IGNORECASE)
# Names in the vocabulary of stack files, the published key, and examples in docstrings.
ALLOWED = re.compile(r"\"django-key\"|DJANGO_KEY|aiponge's own source|Django's|``[^`\n]*``", re.IGNORECASE)


def test_there_are_components() -> None:
    assert len(SOURCES) > 20


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_component_names_no_application(path: object) -> None:
    text = ALLOWED.sub("", path.read_text())  # type: ignore[attr-defined]
    assert APPLICATION.findall(text) == []
