"""Tests of the policies of a run as JUnit test cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from sandbox import Result
from sandbox.formats import junit
from tests.sandbox.formats.test_sarif import OPEN, RUN


def suite(run: Result = RUN) -> ElementTree.Element:
    (one,) = junit.to_xml(run)
    return one


def cases(run: Result = RUN) -> dict[str | None, list[str]]:
    return {case.get("name"): [child.tag for child in case] for case in suite(run)}


def test_every_policy_is_a_test_case_that_passes_fails_or_says_something() -> None:
    assert cases() == {"kms-rotation": [], "rds-not-public": ["failure"], "cis-alarms": ["system-out"]}


def test_the_suite_counts_its_cases_and_failures() -> None:
    one = suite()
    assert (one.get("tests"), one.get("failures"), one.get("errors")) == ("3", "1", "0")


def test_a_failure_has_the_message_of_each_finding() -> None:
    second = replace(OPEN, message="other: publicly_accessible=True is forbidden")
    (failure,) = suite(replace(RUN, findings=[OPEN, second])).iter("failure")
    assert (failure.text or "").splitlines() == [OPEN.message, second.message]


def test_a_run_that_broke_is_an_error_of_its_own() -> None:
    broken = replace(RUN, findings=[], error="Pulumi.dev.yaml: no such secret")
    assert cases(broken)["run"] == ["error"]
    assert suite(broken).get("errors") == "1"


def test_a_text_with_characters_that_xml_cannot_have_can_be_read_back(tmp_path: Path) -> None:
    path = tmp_path / "out" / "policies.xml"
    junit.write(replace(RUN, findings=[replace(OPEN, message="a\x00b <c> \x1b[31m")]), path)
    (failure,) = ElementTree.parse(path).iter("failure")
    assert failure.get("message") == "a\ufffdb <c> \ufffd[31m"
