"""Checks that the requirements page defines every code that the repository uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from docs.markers import marked_by_number
from docs.requirements import ACCEPTANCE, defined, definitions, findings
from settings.stack_file import ROOT
from tests.source_files import source_files

CODE = re.compile(r"\b(?:A|B|T|AL|BL|C|S)\d{1,2}\b")
FAILURE = re.compile(r"pytest\.mark\.failure\(([\d, ]+)\)")


def used() -> Iterator[tuple[str, str]]:
    """(code, file) of every marker, check, alarm and comment in code."""
    for path in source_files(ROOT, untracked=True):
        if not path.endswith(".py") or path.startswith("tests/docs/"):
            continue
        text = (ROOT / path).read_text()
        for numbers in FAILURE.findall(text):
            yield from ((f"failure {int(number)}", path) for number in numbers.split(","))
        for line in text.splitlines():
            if re.search(r"@check\(|mark\.accepts\(|\bid=\"|#|\"\"\"", line):
                yield from ((code, path) for code in CODE.findall(line))


def test_defines_every_code_that_is_used() -> None:
    assert sorted({(code, path) for code, path in used() if code not in defined()}) == []


@pytest.mark.parametrize("family", definitions())
def test_numbers_the_codes_of_a_family_without_a_gap(family: str) -> None:
    numbers = list(definitions()[family])
    assert numbers == list(range(1, len(numbers) + 1))


def test_takes_the_requirements_of_the_applications_from_the_acceptance_list() -> None:
    rows = ACCEPTANCE.read_text().splitlines()[1:]
    assert {row.split("\t")[0] for row in rows} <= defined()


def test_names_a_test_of_every_finding_and_no_other_number() -> None:
    assert sorted(marked_by_number("finding")) == [int(row["number"]) for row in findings()]
