"""Tests that a report is what its JSON Schema describes."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from docs.report_schema import FILE, schema
from report.render import document
from tests.program import STACKS
from tests.report.declared import report


def test_the_schema_in_the_documentation_is_up_to_date() -> None:
    assert json.loads(FILE.read_text()) == schema(), "run `make docs`"


@pytest.mark.parametrize("stack", STACKS)
def test_a_report_is_valid(stack: str) -> None:
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(json.loads(document(report(stack, "prod"))))


def test_an_unknown_field_is_not_valid() -> None:
    one = json.loads(document(report("staging")))
    one["value"] = "x"
    assert not Draft202012Validator(schema()).is_valid(one)


def test_every_field_is_described_or_has_a_name_that_says_it() -> None:
    fields = [
        (name, key)
        for name, model in schema()["$defs"].items()
        for key, field in model.get("properties", {}).items()
        if field.get("description", "x") == ""
    ]
    assert fields == []
    assert all(model.get("description") for model in schema()["$defs"].values())
