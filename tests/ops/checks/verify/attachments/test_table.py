"""Tests of the table of attachments: complete for the types of the program, and without dead references."""

from __future__ import annotations

import pytest

from ops.checks.verify.attachments import REQUIREMENTS, service_of
from ops.checks.verify.attachments.row import Checked, Nothing, Read, Row, Unread
from ops.checks.verify.attachments.table import TABLE
from ops.checks.verify.registry import REGISTRY
from tests.sandbox.provider.test_rows import used_types

ROWS: list[tuple[str, Row]] = [(type_, row) for type_, rows in TABLE.items() for row in rows]
READS = [(type_, row) for type_, row in ROWS if isinstance(row, Read)]


def test_every_type_of_the_program_has_an_entry() -> None:
    assert used_types() - TABLE.keys() == set()


def test_no_entry_is_of_a_type_that_the_program_does_not_use() -> None:
    assert TABLE.keys() - used_types() == set()


def test_an_entry_says_what_is_read_or_why_nothing_is() -> None:
    assert [type_ for type_, rows in TABLE.items() if not rows] == []
    for type_, rows in TABLE.items():
        assert len(rows) == 1 or not any(isinstance(row, Nothing) for row in rows), type_


def test_a_check_that_an_entry_refers_to_exists() -> None:
    named = {row.check for _, row in ROWS if isinstance(row, Checked)}
    assert named - REGISTRY.keys() == set()


def test_a_reason_is_a_sentence() -> None:
    for type_, row in ROWS:
        if isinstance(row, Unread | Nothing):
            assert len(row.why) >= 20, type_


def test_every_service_with_rows_to_read_has_a_check() -> None:
    assert {service_of(type_) for type_, _ in READS} == REQUIREMENTS.keys()


def test_each_attachment_of_a_type_is_named_once() -> None:
    named = [(type_, row.attachment) for type_, row in ROWS if not isinstance(row, Nothing)]
    assert len(named) == len(set(named))


@pytest.mark.parametrize(("type_", "row"), READS, ids=[f"{type_}-{row.attachment}" for type_, row in READS])
def test_a_remedy_says_what_to_do(type_: str, row: Read) -> None:
    assert len(row.remedy) >= 20
