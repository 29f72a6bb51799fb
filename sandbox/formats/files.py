"""Writes the files of a run that the options of a command ask for."""

from __future__ import annotations

from pathlib import Path

from sandbox.engine.model import Result
from sandbox.formats import json_document
from sandbox.formats import junit as test_cases
from sandbox.formats import sarif as code_scanning


def write(result: Result, *, json: Path | None, sarif: Path | None, junit: Path | None) -> None:
    """Write each file that has a path."""
    for path, format_ in ((json, json_document), (sarif, code_scanning), (junit, test_cases)):
        if path:
            format_.write(result, path)
