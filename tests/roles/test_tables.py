"""Tests that the table of CloudFormation's handlers is what the installed cfn-lint says."""

from __future__ import annotations

from tests.roles import tables
from tools.role_tables.__main__ import handlers


def test_the_rows_of_the_handlers_are_those_of_the_installed_schemas() -> None:
    """Where they are not: run tools/role_tables, whose first lines say how."""
    rows = list(tables.rows("schema_calls.tsv"))
    assert ["\t".join(row) for row in rows] == list(handlers({row[0]: row[1] for row in rows}))
