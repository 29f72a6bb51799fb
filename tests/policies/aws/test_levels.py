"""Tests of the levels: weaker trails, detectors and account defaults than the program's are refused."""

from __future__ import annotations

from typing import Any

import pytest
from rules import ALL
from rules.lib.resource_types import DETECTOR, EBS_ENCRYPTION_BY_DEFAULT, METADATA_DEFAULTS, TRAIL
from rules.pack.rule import Level

from tests.policies.judge import broken
from tests.policies.ours import ours

LEVELS = {rule.name: rule.level for rule in ALL}
SELECTOR = {"readWriteType": "All", "includeManagementEvents": True}
WEAKER: list[tuple[str, str, dict[str, Any]]] = [
    ("B35", TRAIL, {"isMultiRegionTrail": False}),
    ("B35", TRAIL, {"enableLogging": False}),
    ("B35", TRAIL, {"enableLogFileValidation": False}),
    ("B35", TRAIL, {"includeGlobalServiceEvents": False}),
    ("B35", TRAIL, {"eventSelectors": [{**SELECTOR, "readWriteType": "ReadOnly"}]}),
    (
        "B35",
        TRAIL,
        {"eventSelectors": [{**SELECTOR, "excludeManagementEventSources": ["kms.amazonaws.com"]}]},
    ),
    ("B59", DETECTOR, {"enable": False}),
    ("B62", METADATA_DEFAULTS, {"httpTokens": "no-preference"}),
    ("B62", EBS_ENCRYPTION_BY_DEFAULT, {"enabled": False}),
]


@pytest.mark.parametrize(
    ("type_", "change"),
    [pytest.param(type_, change, marks=pytest.mark.accepts(row)) for row, type_, change in WEAKER],
)
def test_a_weaker_one_is_refused_in_every_environment(type_: str, change: dict[str, Any]) -> None:
    levels = {LEVELS[rule] for rule in broken(type_, {**ours(type_), **change})}
    assert Level.MANDATORY in levels
