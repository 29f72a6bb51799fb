"""Tests of the report: short on a terminal, complete in JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from sandbox import Result, report, terminal
from sandbox.formats import json_document
from sandbox.verification import Verification

EMULATED = [
    "aws:kms/key:Key: moto emulates the rotation period of a key only in part; the sandbox completes it",
    "aws:accessanalyzer/analyzer:Analyzer: moto does not implement the service; the sandbox does",
]
FINDING = {
    "check": "kms-rotation",
    "rows": ["A42"],
    "subject": "alias/data",
    "problem": "does not rotate",
    "remedy": "run up",
}
Show = Callable[..., str]


def result() -> Result:
    return Result(
        "dev",
        preview=False,
        exit_code=0,
        in_process=list(EMULATED),
        stand_ins=["aiponge/prod/database-url: a sample URL"],
        verification=Verification(checks=3, findings=[FINDING]),
    )


def plain(verbose: bool = False) -> str:
    lines: list[str] = []
    report.outcome(result(), lines.append, verbose=verbose)
    return "\n".join(lines)


def rich(verbose: bool = False) -> str:
    file = io.StringIO()
    terminal.outcome(result(), terminal.console(file=file, width=400), verbose=verbose)
    return file.getvalue()


@pytest.fixture(params=[plain, rich])
def show(request: pytest.FixtureRequest) -> Show:
    return request.param


def test_what_is_emulated_locally_is_one_line(show: Show) -> None:
    shown = show()
    assert "emulated locally: 2 types (`--verbose` lists them)" in shown
    assert not any(line in shown for line in EMULATED)


def test_a_single_type_check_or_finding_is_singular() -> None:
    one = result()
    one.in_process = EMULATED[:1]
    assert report.emulated(one, verbose=True)[0] == "1 type"
    one.verification.checks = 1
    assert report.verified(one.verification).startswith("verified: 1 check, 1 finding, 0 not")


def test_verbose_lists_what_is_emulated_locally(show: Show) -> None:
    shown = show(verbose=True)
    assert "emulated locally: 2 types" in shown
    assert "`--verbose`" not in shown
    assert all(line in shown for line in EMULATED)


def test_a_stand_in_is_always_shown(show: Show) -> None:
    assert "stand-in: aiponge/prod/database-url: a sample URL" in show()


def test_a_finding_is_shown_without_requirement_codes(show: Show) -> None:
    shown = show()
    assert all(FINDING[key] in shown for key in ("check", "subject", "problem", "remedy"))
    assert "A42" not in shown


def test_json_lists_what_is_emulated_locally() -> None:
    assert json.loads(json.dumps(json_document.to_dict(result())))["answeredInProcess"] == EMULATED
