"""Tests of the report: short on a terminal, complete in JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox import Result, report, terminal
from sandbox.engine.model import PolicyFinding
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


def paged() -> Result:
    """An update after which a page was written."""
    advice = PolicyFinding("rds-multi-az", "advisory", "RDS is Multi-AZ.\nset multi_az=True", "")
    return replace(
        result(),
        findings=[advice],
        outputs={"vpcId": "vpc-1"},
        page="build/report/dev.html",
        url="https://api.example.com",
        next_command="make up STACK=dev ARGS=--keep",
    )


def ended(shown: Result, *, verbose: bool = False) -> list[list[str]]:
    """All lines of plan and outcome, plain and on a terminal."""
    lines: list[str] = []
    report.plan(shown, lines.append, verbose=verbose)
    report.outcome(shown, lines.append, verbose=verbose)
    file = io.StringIO()
    screen = terminal.console(file=file, width=400)
    terminal.plan(shown, screen, verbose=verbose)
    terminal.outcome(shown, screen, verbose=verbose)
    return [lines, [line.rstrip() for line in file.getvalue().splitlines()]]


def test_an_update_ends_with_url_page_findings_and_the_next_command() -> None:
    for lines in ended(paged()):
        assert lines[-4:] == [
            "url: https://api.example.com",
            "page: build/report/dev.html",
            "findings: 1 of verification, 0 of mandatory policies, 1 of advisory policies",
            "next: make up STACK=dev ARGS=--keep",
        ]


def test_outputs_and_advice_are_printed_only_where_verbose_or_without_a_page() -> None:
    for shown, verbose, listed in (
        (paged(), False, False),
        (paged(), True, True),
        (replace(paged(), page=""), False, True),
    ):
        for lines in ended(shown, verbose=verbose):
            text = "\n".join(lines)
            assert ("vpc-1" in text) is listed
            assert ("set multi_az=True" in text) is listed


def test_a_mandatory_violation_is_always_printed() -> None:
    stopping = PolicyFinding("rds-tls", "mandatory", "RDS requires TLS.\nset rds.force_ssl", "")
    for lines in ended(replace(paged(), findings=[stopping])):
        assert "set rds.force_ssl" in "\n".join(lines)


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
