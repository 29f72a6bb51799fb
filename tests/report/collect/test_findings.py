"""Tests of findings: severity, part, and what is said of a violation."""

from __future__ import annotations

from ops.core import findings as live
from report.collect.findings import Findings, Violation, rules
from report.schema import Finding
from settings import read_stack_file
from tests.report.declared import PACK, VIOLATIONS, deployed, report

STACK = "staging"


def finder() -> Findings:
    return Findings(read_stack_file(STACK), deployed(STACK))


def verified(subject: str, check: str, *, unanswered: bool = False) -> Finding:
    one = live.Finding(check, (), subject, "is wrong", "repair it", unanswered)
    (found,) = finder().verified([one])
    return found


def violated(violation: Violation) -> Finding:
    (found,) = finder().violated([violation], PACK)
    return found


def test_a_finding_of_verification_is_high_and_stops() -> None:
    found = verified("sg-1", "network-vpc")
    assert (found.severity, found.stops) == ("high", True)


def test_a_check_that_was_not_answered_is_medium() -> None:
    assert verified("x", "network-vpc", unanswered=True).severity == "medium"


def test_a_finding_is_about_the_part_of_the_resource_that_it_names() -> None:
    name = next(one.inputs["name"] for one in deployed(STACK) if one.name == "containers-user-task")
    assert verified(str(name), "ecs-roles").part == "user"


def test_a_finding_that_names_no_resource_is_about_the_part_of_its_check() -> None:
    assert verified("nobody", "attached-rds").part == "database"


def test_a_violation_has_the_severity_of_its_rule() -> None:
    assert [violated(one).severity for one in VIOLATIONS] == ["low", "critical"]


def test_only_a_mandatory_violation_stops() -> None:
    assert [violated(one).stops for one in VIOLATIONS] == [False, True]


def test_a_violation_is_about_the_resource_in_its_message() -> None:
    found = violated(VIOLATIONS[0])
    assert (found.subject, found.part) == ("database-instance", "database")


def test_the_remedy_is_not_repeated_as_the_problem() -> None:
    found = violated(VIOLATIONS[1])
    assert (found.problem, found.remedy) == ("port 22 is open", "name the addresses")


def test_a_violation_without_a_problem_says_which_rule_does_not_hold() -> None:
    assert violated(VIOLATIONS[0]).problem == "does not hold: RDS is Multi-AZ."


def test_a_violation_of_the_stack_as_a_whole_has_no_part() -> None:
    message = "A stack has a plan.\nthe stack: add a plan"
    found = violated(Violation("backup-plan-exists", "advisory", message, ""))
    assert (found.subject, found.part, found.problem) == ("the stack", "", "add a plan")


def test_every_finding_has_its_rule_with_what_must_hold() -> None:
    made = report(STACK)
    assert {one.rule for one in made.findings} == {one.id for one in made.rules}
    assert all(one.sentence for one in rules([violated(one) for one in VIOLATIONS], PACK))


def test_a_check_is_described_by_what_it_checks() -> None:
    (rule,) = rules([verified("vpc", "network-vpc")], ())
    assert rule.sentence == "Exactly one VPC has the stack's name, with the declared CIDR block."
