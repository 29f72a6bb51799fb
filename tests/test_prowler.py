"""Tests of reading Prowler's findings and comparing them with the explained checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tools.prowler.explained import Explanation, compare, explanations
from tools.prowler.scanner import Failure, read


def finding(check: str, status: str = "FAIL", **more: Any) -> dict[str, Any]:
    resources = [{"uid": f"arn:aws:s3:::{check}"}]
    return {
        "status_code": status,
        "status_detail": "it fails",
        "metadata": {"event_code": check},
        "resources": resources,
        **more,
    }


def failure(check: str, resource: str = "arn:aws:s3:::one") -> Failure:
    return Failure(check, resource, "it fails")


def test_only_failures_are_read() -> None:
    text = json.dumps([finding("a"), finding("b", "PASS"), finding("c", resources=[])])
    assert [*read(text)] == [failure("a", "arn:aws:s3:::a"), failure("c", "account")]


def test_a_failure_without_an_explanation_is_reported() -> None:
    known = Explanation(check="a", reason="why")
    assert compare([failure("a"), failure("b")], [known]).unexplained == [failure("b")]


def test_an_explanation_covers_the_resources_that_it_names_only() -> None:
    known = Explanation(check="a", resources=("arn:aws:s3:::one*",), reason="why")
    other = failure("a", "arn:aws:s3:::two")
    assert compare([failure("a"), other], [known]).unexplained == [other]


def test_an_explanation_that_nothing_needs_is_reported() -> None:
    known = Explanation(check="a", reason="why")
    assert compare([failure("b")], [known]).unneeded == [known]


def test_an_explanation_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "explained.yaml"
    path.write_text("- check: a\n")
    with pytest.raises(ValidationError, match="reason"):
        explanations(path)


def test_each_check_is_explained_once_for_the_same_resources() -> None:
    listed = [(one.check, one.resources) for one in explanations()]
    assert len({*listed}) == len(listed) > 0
