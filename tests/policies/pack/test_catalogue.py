"""Tests of what the catalogue says of each rule: severity, risk and ids in standards."""

from __future__ import annotations

import re

import pytest
from rules import ALL
from rules.pack.catalogue import SEVERITIES, STANDARDS, about, standards
from rules.pack.rule import Level, Rule

BY_NAME = {rule.name: rule for rule in ALL}
IDS = {
    "cis": re.compile(r"\d+(\.\d+)+"),
    "fsbp": re.compile(r"[A-Za-z0-9]+\.\d+"),
    "checkov": re.compile(r"CKV2?_AWS_\d+"),
    "trivy": re.compile(r"AVD-AWS-\d{4}"),
}


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_each_rule_has_a_severity_and_a_risk(rule: Rule) -> None:
    said = about(rule)
    assert said.severity in SEVERITIES
    assert said.risk.endswith(".")


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("rds-not-public", "critical"),
        ("iam-no-admin-star", "critical"),
        ("ecs-no-plain-secrets", "critical"),
        ("rds-storage-encrypted", "high"),
        ("iam-no-service-star", "medium"),
        ("rds-multi-az", "low"),
        ("sg-description", "low"),
    ],
)
def test_a_severity_follows_from_the_risk_and_the_level(name: str, severity: str) -> None:
    assert about(BY_NAME[name]).severity == severity


def test_only_a_mandatory_rule_is_critical() -> None:
    assert {rule.level for rule in ALL if about(rule).severity == "critical"} == {Level.MANDATORY}


def test_every_rule_with_ids_exists() -> None:
    assert set(standards()) - set(BY_NAME) == set()


def test_every_id_is_spelled_as_its_standard_spells_it() -> None:
    found = [(name, key, id_) for name, ids in standards().items() for key in ids for id_ in ids[key]]
    assert {key for _, key, _ in found} == set(STANDARDS)
    assert [each for each in found if not IDS[each[1]].fullmatch(each[2])] == []
