"""Tests of how a command ends: its exit code, and the one line that says why."""

from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from exit_codes import Exit
from ops.core.exits import Stop, exit_with

app = typer.Typer()


@app.command()
def stopped() -> None:
    """A command that is refused."""

    def work() -> Exit:
        raise Stop(Exit.REFUSED, "not now")

    exit_with(work)


@pytest.mark.parametrize(("variable", "coloured"), [("", True), ("1", False)])
def test_the_line_of_an_error_has_no_colour_where_none_is_wanted(
    monkeypatch: pytest.MonkeyPatch, variable: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", variable)
    ended = CliRunner().invoke(app, color=True)
    assert ended.exit_code == Exit.REFUSED
    assert ended.stderr.strip() == ("\x1b[31mnot now\x1b[0m" if coloured else "not now")


def test_the_codes_are_these() -> None:
    assert [one.value for one in Exit] == [0, 1, 2, 3, 4, 5, 130]
