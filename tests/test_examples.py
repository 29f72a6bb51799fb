"""Brings the applications under ``examples/`` up in the sandbox, in staging and in production."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops.checks.verify import verify
from sandbox import Result, Sandbox
from settings import Settings, read_stack_file
from settings.stack_file import ROOT

LONGEST = 60
FILES = sorted((ROOT / "examples").glob("*/Pulumi.*.yaml"))


@dataclass(frozen=True)
class Example:
    """One stack file, with what its first update did."""

    file: Path
    settings: Settings
    first: Result


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.name.split(".")[1])
def example(request: pytest.FixtureRequest) -> Iterator[Example]:
    file: Path = request.param
    stack = file.name.split(".")[1]
    with Sandbox(stack, config_file=file) as sandbox:
        settings = read_stack_file(stack, file.parent)
        yield Example(file, settings, sandbox.up(verify=verify, policies=settings.environment.production))


def test_it_comes_up_and_verifies_without_finding(example: Example) -> None:
    assert example.first.error == ""
    assert example.first.verification is not None
    assert [str(finding) for finding in example.first.verification.findings] == []
    assert example.first.exit_code == 0


def test_in_production_no_mandatory_policy_is_violated(example: Example) -> None:
    # In staging the policies do not run: a sandbox evaluates them in a third of the time of an update.
    assert [str(finding) for finding in example.first.findings if finding.level == "mandatory"] == []


def test_its_file_is_short(example: Example) -> None:
    assert len(example.file.read_text().splitlines()) < LONGEST


def test_each_application_has_staging_and_production() -> None:
    kinds: dict[str, set[bool]] = {}
    for file in FILES:
        settings = read_stack_file(file.name.split(".")[1], file.parent)
        kinds.setdefault(settings.application.name, set()).add(settings.environment.production)
    assert len(kinds) >= 2
    assert set(map(frozenset, kinds.values())) == {frozenset({True, False})}


def test_no_two_stack_files_have_overlapping_networks() -> None:
    files = [*ROOT.glob("Pulumi.*.yaml"), *FILES]
    blocks = [read_stack_file(file.name.split(".")[1], file.parent).network.cidr for file in files]
    assert [
        (one, other) for number, one in enumerate(blocks) for other in blocks[:number] if one.overlaps(other)
    ] == []
