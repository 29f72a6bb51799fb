"""Checks that what the pages name exists: files, headings, make targets, commands and options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from settings.stack_file import ROOT
from tests.source_files import source_files

PAGES = [
    path
    for path in source_files(ROOT, untracked=True)
    if path.endswith(".md") and not path.startswith(("tests/", ".github/"))
]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"\((?:A|B|T|AL|BL|C|S)\d{1,2}(?:[,)])")
QUOTING = ("docs/requirements.md", "docs/secrets.md", "docs/decisions/", "docs/configuration.md")
"""Pages that define, or refer to, requirement codes; the last is generated from the models."""
ANNOUNCED = ("whoami", "destroy")
"""Commands that pages name as the example of a recipe and as planned."""
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def anchors(path: Path) -> set[str]:
    """The fragments by which GitHub links to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_a_link_leads_to_a_file_and_a_heading(page: str) -> None:
    for link in LINK.findall(text_of(page)):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, fragment = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), link
        assert not fragment or fragment in anchors(target), link


@pytest.mark.parametrize("page", PAGES)
def test_a_make_target_exists(page: str) -> None:
    named = re.findall(r"(?:^\$ |`)make ([a-z-]+)", text_of(page), re.MULTILINE)
    assert set(named) <= TARGETS


@pytest.mark.parametrize("page", PAGES)
def test_a_command_exists_with_the_options_it_is_given(page: str) -> None:
    group: Any = get_command(app)
    text = text_of(page).replace("\\\n", " ")
    for name, rest in re.findall(r"(?:python -m ops|bin/strongroom|`ops) ([a-z][a-z-]+)([^`\n]*)", text):
        if name in ANNOUNCED:
            continue
        assert name in group.commands, name
        options = {option for one in group.commands[name].params for option in one.opts + one.secondary_opts}
        given = re.findall(r"(?<=\s)(--[a-z-]+)", rest.split("#")[0])
        assert set(given) <= options | {"--help"}, f"{name}{rest}"


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith(QUOTING)])
def test_a_page_shows_no_requirement_code(page: str) -> None:
    assert CODE.findall(text_of(page)) == []


def test_the_readme_fits_on_a_page() -> None:
    assert len(text_of("README.md").splitlines()) < 120
