"""Checks that no former name or phrase of tests/vocabulary.txt is used."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from settings.stack_file import ROOT
from tests.source_files import source_files

RETIRED = [
    line.split("\t")
    for line in Path(__file__).with_name("vocabulary.txt").read_text().splitlines()
    if not line.startswith("#")
]
HISTORY = ("docs/decisions/", "CHANGELOG.md", "tests/vocabulary.txt")
"""Texts about the past may use its words."""


@cache
def _texts() -> dict[str, str]:
    """Every text file of the checkout, but for history and locked dependencies."""
    kinds = {".py", ".md", ".yaml", ".yml", ".toml", ".sh", ".txt", ".tsv", ".ts", ".json"}
    return {
        path: (ROOT / path).read_text()
        for path in source_files(ROOT, untracked=True)
        if Path(path).suffix in kinds and not path.startswith(HISTORY) and not path.endswith(".lock")
    }


@cache
def _lowered() -> dict[str, str]:
    return {path: text.lower() for path, text in _texts().items()}


@cache
def _names(path: str) -> frozenset[str]:
    tokens = tokenize.generate_tokens(io.StringIO(_texts()[path]).readline)
    return frozenset(token.string for token in tokens if token.type == tokenize.NAME)


def _uses(kind: str, word: str) -> Iterator[str]:
    below, _, what = kind.rpartition(":")
    if what == "name":
        paths = (path for path in _texts() if path.endswith(".py") and path.startswith(below))
        yield from (path for path in paths if word in _names(path))
        return
    phrase = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])", re.IGNORECASE)
    for path, text in _texts().items():
        if word.lower() in _lowered()[path] and (found := phrase.search(text)):
            yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}"


@pytest.mark.parametrize(("kind", "word", "instead"), RETIRED, ids=[f"{one[0]} {one[1]}" for one in RETIRED])
def test_a_retired_word_is_not_used(kind: str, word: str, instead: str) -> None:
    found = sorted(_uses(kind, word))
    assert not found, f"say {instead}: {found}"


def test_every_line_of_the_list_has_a_kind_a_word_and_a_replacement() -> None:
    assert all(len(line) == 3 and all(line) for line in RETIRED)
