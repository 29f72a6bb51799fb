"""Writes the generated pages of docs/ (``make docs``); a test fails when one is out of date."""

from __future__ import annotations

import argparse
from pathlib import Path

from docs import (
    attachments,
    attacks,
    composition,
    configuration,
    picture,
    real_engine,
    reference,
    report_schema,
    requirements,
)

HERE = Path(__file__).parent
PAGES = {
    "architecture.md": composition.page,
    "architecture.svg": picture.text,
    "configuration.md": configuration.page,
    "operations/attachments.md": attachments.page,
    "real-engine.md": real_engine.page,
    "reference.md": reference.page,
    "report.schema.json": report_schema.text,
    "requirements.md": requirements.page,
    "secrets.md": attacks.page,
}


def main() -> None:
    """Write every generated page."""
    argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__).parse_args()
    for name, page in PAGES.items():
        (HERE / name).write_text(page())


if __name__ == "__main__":
    main()
