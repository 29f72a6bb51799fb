"""Tests that rules read what an input means, not how it is spelled."""

from __future__ import annotations

import pytest
from rules import ALL

from tests.policies.meaning import Case, cases, kinds

RULES = {rule.name for rule in ALL}


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_rule_speaks_where_it_must_and_is_silent_elsewhere(case: Case) -> None:
    spoken = case.spoken()
    assert (case.found - spoken, case.silent & spoken) == (frozenset(), frozenset())


@pytest.mark.parametrize("kind", kinds())
def test_each_case_names_a_rule_and_a_resource_once(kind: str) -> None:
    found = list(cases(kind))
    assert {case.rule for case in found} <= RULES
    assert len({str(case) for case in found}) == len(found)
    assert [case.id for case in found if not (case.found | case.silent) <= set(case.entries)] == []
    assert [case.id for case in found if not case.found | case.silent] == []
