"""Tests of the table: a row for every type of the program, and valid fields."""

from __future__ import annotations

import re
from importlib import import_module

from botocore import xform_name
from botocore.session import get_session

import sandbox.provider.types  # noqa: F401  (fills the table)
from sandbox.provider.rows import ROWS
from tests.program import ROOT


def used_types() -> set[str]:
    """Every resource class that the program names."""
    found = set()
    for path in [ROOT / "__main__.py", *(ROOT / "components").rglob("*.py")]:
        for module, name in re.findall(r"\b([a-z0-9_]+)\.([A-Z]\w+)\(", path.read_text()):
            try:
                token = getattr(getattr(import_module(f"pulumi_aws.{module}"), name), "pulumi_type", None)
            except (ImportError, AttributeError):
                continue
            if token:
                found.add(token)
    return found


def test_every_type_that_the_program_uses_has_a_row() -> None:
    assert used_types() - ROWS.keys() == set()


def test_every_call_of_a_row_exists_in_boto3() -> None:
    models = get_session()
    known = {
        service: {xform_name(name) for name in models.get_service_model(service).operation_names}
        for service in {row.service for row in ROWS.values()}
    }
    for row in ROWS.values():
        specs = [text.partition("(")[0] for text in (row.read, row.delete) if isinstance(text, str) and text]
        names = [row.op.partition(".")[2], *(call.op for call in (*row.after, *row.update)), *specs]
        assert set(names) <= known[row.service], row.token


def test_what_a_row_changes_it_does_not_also_replace() -> None:
    for row in ROWS.values():
        carried = {key for call in (*row.after, *row.update) for key in call.carries.split()} | set(
            row.parts.split()
        )
        assert not carried & set(row.replace.split()), row.token
