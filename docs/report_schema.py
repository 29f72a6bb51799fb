"""Writes ``docs/report.schema.json``: the JSON Schema of a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report.schema import Report

FILE = Path(__file__).parent / "report.schema.json"


def schema() -> dict[str, Any]:
    """The JSON Schema of a report, as it is written."""
    made = Report.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def text() -> str:
    """The file's text."""
    return json.dumps(schema(), indent=2) + "\n"
