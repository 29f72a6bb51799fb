"""Tests of the live checks at the end of an update."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from sandbox import verification
from sandbox.config import StackConfig, read
from settings import Settings
from settings.stack_file import ROOT


@dataclass(frozen=True)
class Finding:
    check: str
    subject: str
    unanswered: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {"check": self.check, "subject": self.subject}


@dataclass(frozen=True)
class Report:
    findings: list[Finding]
    checks: int


@dataclass
class Checks:
    """Checks with findings that a test sets."""

    finds: list[Finding]
    asked: list[str] = field(default_factory=list)

    def __call__(self, settings: Settings, session: boto3.Session) -> Report:
        self.asked.append(settings.environment.name)
        return Report(self.finds, 7)


@pytest.fixture
def config() -> StackConfig:
    return read(ROOT, "staging")


def verified(checks: Checks, config: StackConfig) -> verification.Verification:
    return verification.run(checks, config, boto3.Session(region_name="eu-west-1"), ROOT)


def test_the_checks_get_the_settings_of_the_stack(config: StackConfig) -> None:
    checks = Checks([])
    assert verified(checks, config).ok
    assert checks.asked == ["staging"]


def test_a_finding_is_reported(config: StackConfig) -> None:
    done = verified(Checks([Finding("network-vpc", "vpc-1")]), config)
    assert (done.ok, done.checks) == (False, 7)
    assert done.findings == [{"check": "network-vpc", "subject": "vpc-1"}]


def test_what_emulation_cannot_answer_is_counted_apart(config: StackConfig) -> None:
    done = verified(Checks([Finding("account-root", "the account")]), config)
    assert done.ok
    assert sum(done.not_checkable.values()) == 1


def test_a_wrong_stack_file_is_a_problem_and_nothing_is_checked(config: StackConfig) -> None:
    checks = Checks([])
    wrong = config.merged({"network": {"azs": 1}})
    assert "the stack file is invalid" in verified(checks, wrong).problem
    assert checks.asked == []


@pytest.mark.parametrize(("unanswered", "counted"), [(True, []), (False, ["attached-s3"])])
def test_what_a_kept_sandbox_cannot_answer_is_no_finding(unanswered: bool, counted: list[str]) -> None:
    done = verification.sorted_out(Report([Finding("attached-s3", "bucket", unanswered)], 1))
    assert [one["check"] for one in done.findings] == counted
    assert [one.partition(":")[0] for one in done.not_checkable] == ["attached-s3"][len(counted) :]
