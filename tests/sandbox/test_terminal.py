"""Tests of the tables on a terminal: a narrow one breaks what a person copies, and cuts nothing."""

from __future__ import annotations

import io

from rich.console import Console

from sandbox.terminal import _table

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/entry-encryption-key-AbCdEf"


def test_a_narrow_table_cuts_no_arn() -> None:
    out = io.StringIO()
    table = _table("Outputs", "output", "value")
    table.add_row("secretArns", ARN)
    Console(file=out, width=60, emoji=False).print(table)
    said = out.getvalue()
    cells = [line.strip("│").split("│")[1].strip() for line in said.splitlines() if line.startswith("│")]
    assert "…" not in said
    assert ARN in "".join(cells)
