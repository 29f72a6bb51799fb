"""Tests that the page shows the exemptions that the policy pack uses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rules.pack import exemptions as pack

from report.collect.exemptions import FILE, exemptions
from settings import read_stack_file
from settings.stack_file import ROOT
from tests.program import STACKS
from tests.report.declared import deployed

TODAY = date(2026, 11, 29)


def shown(stack: str, root: Path = ROOT, today: date = TODAY) -> list[tuple[str, tuple[str, ...], int]]:
    production = read_stack_file(stack).environment.production
    found = exemptions(stack, deployed(stack), today, production=production, root=root)
    return [(one.rule, one.resources, one.days_left) for one in found]


def written(root: Path, text: str) -> Path:
    (root / FILE).parent.mkdir()
    (root / FILE).write_text(text)
    return root


@pytest.mark.parametrize("stack", STACKS)
def test_those_that_the_pack_reads_for_the_stack_and_its_resources_are_shown(stack: str) -> None:
    production = read_stack_file(stack).environment.production
    register = pack.Register(pack.read(ROOT / FILE), stack=stack, production=production, today=TODAY)
    urns = ["", *(one.urn for one in deployed(stack))]
    named = {one.rule for one in register.exemptions if any(one.matches(urn) for urn in urns)}
    # The pack also compares properties, which the page reads of the running resources.
    assert {rule for rule, _, _ in shown(stack)} <= named
    assert named


def test_one_of_another_environment_is_not_shown(tmp_path: Path) -> None:
    entry = "[{rule: r, resource: 'database-*', reason: long enough, owner: o, until: 2027-01-01, when: %s}]"
    root = written(tmp_path, entry % "{production: true}")
    assert shown("staging", root) == []
    assert shown("prod", root)[0][0] == "r"


def test_one_with_another_value_of_a_property_is_not_shown(tmp_path: Path) -> None:
    entry = "[{rule: r, resource: 'Instance::*', reason: x, owner: o, until: 2027-01-01, when: {port: %s}}]"
    assert shown("staging", written(tmp_path, entry % 1)) == []
    (tmp_path / FILE).write_text(entry % 5432)
    assert shown("staging", tmp_path) == [("r", ("database-instance",), 33)]


def test_an_expired_one_has_negative_days(tmp_path: Path) -> None:
    entry = "[{rule: r, resource: database-instance, reason: x, owner: o, until: 2026-11-28}]"
    assert shown("staging", written(tmp_path, entry))[0][2] == -1
