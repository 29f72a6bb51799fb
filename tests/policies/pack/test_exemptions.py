"""Tests of exemptions: one rule, named resources and stacks, a reason and an end date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from rules import ALL
from rules.pack.exemptions import LARGEST_AT_MOST, LONGEST, MOST_RESOURCES, Exemption, Register, read
from rules.pack.rule import Resource

from tests.program import ROOT

TODAY = date(2026, 11, 22)
URN = "urn:pulumi:prod::strongroom::strongroom:index:Edge$aws:lb/targetGroup:TargetGroup::edge-targets"
SOUND = Exemption(
    rule="alb-target-https",
    resource="TargetGroup::edge-targets",
    reason="The application speaks HTTP to its own load balancer only.",
    owner="platform",
    until=TODAY + timedelta(days=90),
)
RULES = {rule.name for rule in ALL}
FILE = ROOT / "policies" / "exemptions.yaml"


def register(exemption: Exemption, stack: str = "prod", *, production: bool = True) -> Register:
    return Register([exemption], stack=stack, production=production, today=TODAY)


def resource(**props: object) -> Resource:
    return Resource(type="aws:lb/targetGroup:TargetGroup", name="edge-targets", urn=URN, props=props)


def problems(exemption: Exemption) -> list[str]:
    known = register(exemption)
    known.exempts(exemption.rule, URN)
    return list(known.problems(RULES, [resource()]))


def test_it_exempts_its_rule_on_its_resource() -> None:
    assert register(SOUND).exempts("alb-target-https", URN)
    assert problems(SOUND) == []


@pytest.mark.parametrize("pattern", ["edge-targets", "edge-*", "TargetGroup::edge-*"])
def test_a_pattern_is_of_the_name_or_of_noun_and_name(pattern: str) -> None:
    assert register(replace(SOUND, resource=pattern)).exempts("alb-target-https", URN)


@pytest.mark.parametrize("pattern", ["targets", "Listener::edge-targets", "edge"])
def test_another_resource_is_not_exempted(pattern: str) -> None:
    assert not register(replace(SOUND, resource=pattern)).exempts("alb-target-https", URN)


def test_another_rule_is_not_exempted() -> None:
    assert not register(SOUND).exempts("alb-waf", URN)


def test_every_stack_with_the_resource_is_exempted_unless_some_are_listed() -> None:
    assert register(SOUND, stack="elsewhere").exempts("alb-target-https", URN)
    listed = replace(SOUND, stacks=("prod",))
    assert register(listed).exempts("alb-target-https", URN)
    assert not register(listed, stack="staging").exempts("alb-target-https", URN)


def test_one_for_other_environments_exempts_nothing_in_production() -> None:
    elsewhere = replace(SOUND, when=(("production", "false"),))
    assert register(elsewhere, production=False).exempts("alb-target-https", URN)
    assert not register(elsewhere).exempts("alb-target-https", URN)


@pytest.mark.parametrize(
    ("props", "exempted"),
    [
        ({"port": 8080.0, "healthCheck": {"path": "/Up"}}, True),
        ({"port": 8080, "healthCheck": [{"path": "/up"}]}, True),
        ({"port": 8081, "healthCheck": {"path": "/up"}}, False),
        ({"port": 8080}, False),
        ({"port": [8080], "healthCheck": {"path": "/up"}}, False),
        ({}, False),
    ],
)
def test_one_with_a_condition_exempts_resources_with_these_values_only(
    props: dict[str, object], exempted: bool
) -> None:
    narrow = replace(SOUND, when=(("port", "8080"), ("healthCheck.path", "/up")))
    assert register(narrow).exempts("alb-target-https", URN, resource(**props)) is exempted


def test_a_condition_on_a_list_is_about_how_many_it_has() -> None:
    narrow = replace(SOUND, when=(("subnetIds", "1"),))
    known = register(narrow)
    assert known.exempts("alb-target-https", URN, resource(subnetIds=["a"]))
    assert not known.exempts("alb-target-https", URN, resource(subnetIds=["a", "b"]))


def test_one_whose_condition_does_not_hold_need_not_be_used() -> None:
    narrow = register(replace(SOUND, when=(("port", "8080"),)))
    assert list(narrow.problems(RULES, [resource(port=80)])) == []
    (problem,) = narrow.problems(RULES, [resource(port=8080)])
    assert problem.endswith("is not used")


def test_a_condition_on_a_property_never_holds_for_the_stack_as_a_whole() -> None:
    narrow = replace(SOUND, resource="stack", when=(("port", "8080"),))
    assert not register(narrow).exempts("alb-target-https", "")


def test_the_stack_as_a_whole_goes_by_the_name_stack() -> None:
    assert register(replace(SOUND, resource="stack")).exempts("alb-target-https", "")
    assert not register(SOUND).exempts("alb-target-https", "")


def test_an_expired_one_exempts_nothing_and_is_a_problem() -> None:
    late = replace(SOUND, until=TODAY - timedelta(days=1))
    assert not register(late).exempts("alb-target-https", URN)
    assert problems(late) == ["the exemption of TargetGroup::edge-targets from alb-target-https has expired"]


def test_its_last_day_counts() -> None:
    assert problems(replace(SOUND, until=TODAY)) == []


def test_one_that_nothing_needs_is_a_problem_where_its_resource_is_only() -> None:
    (problem,) = register(SOUND).problems(RULES, [resource()])
    assert problem.endswith("is not used")
    assert list(register(SOUND).problems(RULES)) == []


def test_no_exemption_of_this_repository_is_a_problem_by_itself() -> None:
    found = [(one.rule, one.resource, list(one.problems(RULES, date.today()))) for one in read(FILE)]
    assert [entry for entry in found if entry[2]] == []


def test_what_the_components_need_is_exempted_in_every_stack() -> None:
    assert [one.rule for one in read(FILE) if one.stacks] == []


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
    assert any("is too wide" in one for one in known.problems(RULES, [resource()])) is wide


def test_a_file_may_say_how_many_resources_an_exemption_matches(tmp_path: Path) -> None:
    path = tmp_path / "exemptions.yaml"
    fields = "rule: a, resource: b, reason: d, owner: e, until: 2027-01-01"
    path.write_text(f"- {{{fields}}}\n- {{{fields}, atMost: 30}}\n")
    assert [one.at_most for one in read(path)] == [MOST_RESOURCES, 30]


def test_a_file_may_name_stacks_and_values(tmp_path: Path) -> None:
    path = tmp_path / "exemptions.yaml"
    fields = "rule: a, resource: b, reason: d, owner: e, until: 2027-01-01"
    path.write_text(f"- {{{fields}, stacks: [c], when: {{production: false, port: 443, protocol: HTTP}}}}\n")
    (one,) = read(path)
    assert one.stacks == ("c",)
    assert one.when == (("production", "false"), ("port", "443"), ("protocol", "http"))


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
