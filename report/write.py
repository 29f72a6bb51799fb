"""Writes the page of a report to a file."""

from __future__ import annotations

from pathlib import Path

from ops.core.atomic_write import replace
from report.render import page
from report.schema import Report

FOLDER = Path("build", "report")
"""Where pages are written, in the folder of the project."""


def write(report: Report, file: Path) -> Path:
    """Write the page to ``file``, in a folder that is made if it does not exist; return the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    replace(file, page(report), mode=0o644, prefix=f".{file.name}.")
    return file
