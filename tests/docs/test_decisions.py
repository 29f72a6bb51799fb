"""Every architecture decision record has a date, a status and alternatives, and is in the list of records."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from settings.stack_file import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
STATUS = re.compile(
    r"^Date: \d{4}-\d{2}-\d{2}\. Status: (proposed|accepted|replaced by \d{3})\.", re.MULTILINE
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_begins_with_its_number_date_and_status(record: Path) -> None:
    title, empty, status, *_ = record.read_text().splitlines()
    assert title.startswith(f"# {record.name[:3]} ")
    assert empty == ""
    assert STATUS.match(status)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_names_alternatives(record: Path) -> None:
    assert re.search(r"\bAlternatives?: ", record.read_text())


def test_the_list_names_every_record_by_its_title() -> None:
    listed = re.findall(
        r"^\| \[(\d{3})\]\((.+)\) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE
    )
    titled = [(path.name[:3], path.name, path.read_text().splitlines()[0][6:]) for path in RECORDS]
    assert listed == titled


def test_numbers_are_used_once_and_without_a_gap() -> None:
    assert [int(path.name[:3]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
