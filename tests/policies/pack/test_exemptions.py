"""Tests of exemptions: one rule, named resources and stacks, a reason and an end date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from rules import ALL
from rules.pack.exemptions import LARGEST_AT_MOST, LONGEST, MOST_RESOURCES, Exemption, Register, read

TODAY = date(2026, 11, 22)
URN = "urn:pulumi:prod::strongroom::strongroom:index:Edge$aws:lb/targetGroup:TargetGroup::edge-targets"
SOUND = Exemption(
    rule="alb-target-https",
    resource="TargetGroup::edge-targets",
    stacks=("prod",),
    reason="The application speaks HTTP to its own load balancer only.",
    owner="platform",
    until=TODAY + timedelta(days=90),
)
RULES = {rule.name for rule in ALL}


def register(exemption: Exemption, stack: str = "prod") -> Register:
    return Register([exemption], stack=stack, today=TODAY)


def problems(exemption: Exemption) -> list[str]:
    known = register(exemption)
    known.exempts(exemption.rule, URN)
    return list(known.problems(RULES))


def test_it_exempts_its_rule_on_its_resource() -> None:
    assert register(SOUND).exempts("alb-target-https", URN)
    assert problems(SOUND) == []


@pytest.mark.parametrize("pattern", ["edge-targets", "edge-*", "TargetGroup::edge-*"])
def test_a_pattern_is_of_the_name_or_of_noun_and_name(pattern: str) -> None:
    assert register(replace(SOUND, resource=pattern)).exempts("alb-target-https", URN)


@pytest.mark.parametrize("pattern", ["targets", "Listener::edge-targets", "edge"])
def test_another_resource_is_not_exempted(pattern: str) -> None:
    assert not register(replace(SOUND, resource=pattern)).exempts("alb-target-https", URN)


def test_another_rule_or_stack_is_not_exempted() -> None:
    assert not register(SOUND).exempts("alb-waf", URN)
    assert not register(SOUND, stack="staging").exempts("alb-target-https", URN)


def test_the_stack_as_a_whole_goes_by_the_name_stack() -> None:
    assert register(replace(SOUND, resource="stack")).exempts("alb-target-https", "")
    assert not register(SOUND).exempts("alb-target-https", "")


def test_an_expired_one_exempts_nothing_and_is_a_problem() -> None:
    late = replace(SOUND, until=TODAY - timedelta(days=1))
    assert not register(late).exempts("alb-target-https", URN)
    assert problems(late) == ["the exemption of TargetGroup::edge-targets from alb-target-https has expired"]


def test_its_last_day_counts() -> None:
    assert problems(replace(SOUND, until=TODAY)) == []


def test_one_that_nothing_needs_is_a_problem_in_its_own_stack_only() -> None:
    (problem,) = register(SOUND).problems(RULES)
    assert problem.endswith("is not used")
    assert list(register(SOUND, stack="staging").problems(RULES)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"resource": "*"}, "is too wide"),
        ({"resource": "*ed*"}, "is too wide"),
        ({"reason": "because"}, "has a reason shorter than 20 characters"),
        ({"owner": ""}, "has no owner"),
        ({"until": TODAY + LONGEST + timedelta(days=1)}, "runs for more than 400 days"),
        ({"rule": "alb-target-http"}, "names a rule that does not exist"),
        ({"at_most": LARGEST_AT_MOST + 1}, "has an atMost that is not between 1 and 60"),
        ({"at_most": 0}, "has an atMost that is not between 1 and 60"),
    ],
)
def test_what_is_too_wide_too_long_or_unreasoned_is_a_problem(
    change: dict[str, object], problem: str
) -> None:
    assert any(problem in one for one in problems(replace(SOUND, **change)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at_most", "count", "wide"),
    [
        (MOST_RESOURCES, MOST_RESOURCES, False),
        (MOST_RESOURCES, MOST_RESOURCES + 1, True),
        (30, 30, False),
        (30, 31, True),
    ],
)
def test_one_that_exempts_a_crowd_is_too_wide(at_most: int, count: int, wide: bool) -> None:
    known = register(replace(SOUND, resource="edge-*", at_most=at_most))
    for number in range(count):
        known.exempts(SOUND.rule, f"{URN}-{number}")
    assert any("is too wide" in one for one in known.problems(RULES)) is wide


def test_a_file_may_say_how_many_resources_an_exemption_matches(tmp_path: Path) -> None:
    path = tmp_path / "exemptions.yaml"
    fields = "rule: a, resource: b, stacks: [c], reason: d, owner: e, until: 2027-01-01"
    path.write_text(f"- {{{fields}}}\n- {{{fields}, atMost: 30}}\n")
    assert [one.at_most for one in read(path)] == [MOST_RESOURCES, 30]


def test_a_file_with_a_field_too_many_stops_the_pack(tmp_path: Path) -> None:
    path = tmp_path / "exemptions.yaml"
    path.write_text(
        "- {rule: a, resource: b, stacks: [c], reason: d, owner: e, until: 2027-01-01, note: f}\n"
    )
    with pytest.raises(ValueError, match="exactly the fields"):
        read(path)


def test_a_date_is_a_date(tmp_path: Path) -> None:
    path = tmp_path / "exemptions.yaml"
    path.write_text("- {rule: a, resource: b, stacks: [c], reason: d, owner: e, until: never}\n")
    with pytest.raises(ValueError, match="until must be a date"):
        read(path)
