"""Tests every rule both ways: compliant resources pass, and each slip breaks exactly the rules it names."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import rules
from rules import ALL
from rules.pack.evaluator import Evaluator
from rules.pack.graph import Stack

from tests.policies import cases
from tests.policies.cases import Slip, StackSlip
from tests.policies.judge import STRICT, UNKNOWN, broken, judge, judge_stack

COMPLIANT, STACKS = cases.compliant(), cases.stacks()
CODE = re.compile(r"\b(?:[ABT]|AL|BL)\d+\b")
FRAMEWORK = {"own-unknown-visible", "own-exemption-audit", "own-not-pulumi-secret"}


def slipped(slip: Slip) -> dict[str, Any]:
    changed = {**COMPLIANT.get(slip.type, {}), **slip.change}
    return {key: value for key, value in changed.items() if value is not None}


def slipped_stack(slip: StackSlip) -> dict[str, Any]:
    changed = {**STACKS[slip.stack], **slip.change}
    return {name: entry for name, entry in changed.items() if entry is not None}


@pytest.mark.parametrize("type_", sorted(COMPLIANT))
def test_what_is_compliant_breaks_no_rule(type_: str) -> None:
    evaluation = judge(type_, COMPLIANT[type_])
    assert (set(evaluation.findings), evaluation.unevaluated) == (set(), set())


@pytest.mark.parametrize("slip", cases.slips(), ids=str)
def test_each_slip_breaks_exactly_its_rules(slip: Slip) -> None:
    assert broken(slip.type, slipped(slip), config=slip.config, **slip.context) == slip.rules


@pytest.mark.parametrize("name", STACKS)
def test_a_compliant_stack_breaks_no_rule_that_it_is_about(name: str) -> None:
    tried = {rule for slip in cases.stack_slips() if slip.stack == name for rule in slip.rules}
    evaluation = judge_stack(STACKS[name])
    assert (set(evaluation.findings) & tried, evaluation.unevaluated) == (set(), set())


@pytest.mark.parametrize("slip", cases.stack_slips(), ids=str)
def test_each_slip_in_a_stack_breaks_exactly_its_rules(slip: StackSlip) -> None:
    beside_the_point = set(judge_stack(STACKS[slip.stack]).findings)
    assert set(judge_stack(slipped_stack(slip), slip.config).findings) - beside_the_point == slip.rules


@pytest.mark.parametrize(("type_", "key"), [(type_, key) for type_ in COMPLIANT for key in COMPLIANT[type_]])
def test_a_value_that_is_not_known_yet_breaks_no_rule(type_: str, key: str) -> None:
    assert broken(type_, {**COMPLIANT[type_], key: UNKNOWN}) == set()


@pytest.mark.parametrize("slip", cases.slips(), ids=str)
def test_a_slip_beside_an_unknown_value_is_seen_or_said_to_be_unevaluated(slip: Slip) -> None:
    inputs = {key: UNKNOWN if key in slip.change else value for key, value in slipped(slip).items()}
    evaluation = judge(slip.type, inputs, config=slip.config, **slip.context)
    assert set(evaluation.findings) <= slip.rules


def test_no_rule_lacks_a_slip() -> None:
    tried = {rule for slip in (*cases.slips(), *cases.stack_slips()) for rule in slip.rules}
    assert {rule.name for rule in ALL} - tried == FRAMEWORK


def test_an_empty_stack_breaks_no_rule() -> None:
    assert Evaluator(ALL).evaluate_stack(Stack([], STRICT)).findings == {}


def test_the_rules_are_exactly_the_pinned_ones() -> None:
    pinned = Path(__file__).with_name("rules.txt").read_text("utf-8").split("\n")
    assert sorted(f"{rule.name} {rule.level.name}" for rule in ALL) == [line for line in pinned if line]


def test_every_slug_is_used_once_and_reads_well() -> None:
    names = [rule.name for rule in ALL]
    assert len(set(names)) == len(names)
    for rule in ALL:
        assert rule.name == rule.name.lower()
        assert rule.sentence.endswith(".")
        assert not rule.fix.endswith(".")


def test_no_text_of_a_rule_names_the_code_of_a_requirement() -> None:
    texts = {rule.name: f"{rule.sentence} {rule.fix}" for rule in ALL}
    assert [name for name, text in texts.items() if CODE.search(text)] == []


def test_the_requirements_of_a_rule_are_codes() -> None:
    codes = {code for rule in ALL for code in rule.requirements}
    assert {code for code in codes if CODE.fullmatch(code) is None} == set()


@pytest.mark.parametrize("slip", cases.slips(), ids=str)
def test_no_message_quotes_a_value(slip: Slip) -> None:
    inputs = slipped(slip)
    said = {rule.name: f"{rule.fix} {rule.sentence}" for rule in ALL}
    for findings in judge(slip.type, inputs, config=slip.config, **slip.context).findings.values():
        for finding in findings:
            detail = finding.message.replace(said[finding.rule], "").removeprefix("test: ")
            assert [
                value for value in leaves(inputs) if quotes(detail, value) and value not in said[finding.rule]
            ] == []


def quotes(detail: str, value: str) -> bool:
    """Whether a text contains a value as a whole word."""
    return re.search(rf"(?<![\w.]){re.escape(value)}(?![\w.])", detail) is not None


def leaves(value: Any, *, inside_json: bool = False) -> Iterator[str]:
    """Every text of at least four characters that is a value, not the name of a thing."""
    if isinstance(value, str):
        yield from [value] if len(value) > 3 else []
        if value[:1] in ("{", "["):
            yield from leaves(json.loads(value), inside_json=True)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not (inside_json and key == "name"):
                yield from leaves(inner, inside_json=inside_json)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, inside_json=inside_json)


# AWS's own list of high-risk ports (Security Hub EC2.19).
EC2_19 = (
    20,
    21,
    22,
    23,
    25,
    110,
    135,
    143,
    445,
    1433,
    1434,
    3000,
    3306,
    3389,
    4333,
    5000,
    5432,
    5500,
    5601,
    8080,
)


@pytest.mark.parametrize("port", [*EC2_19, 8088, 8888, 9200, 9300, 6379, 11211, 27017, 2375])
def test_no_dangerous_port_is_open_to_the_world(port: int) -> None:
    type_ = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    opened = {**COMPLIANT[type_], "cidrIpv4": "0.0.0.0/0", "fromPort": port, "toPort": port}
    assert broken(type_, opened) & {"sg-no-public-high-risk", "sg-no-public-ssh", "sg-no-public-rdp"}


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).parents[2] / "policies" / "rules").rglob("*.py")),
    ids=lambda path: path.stem,
)
def test_a_rules_file_is_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "\nRULES = [" not in text or text.count("\n") <= 150


def test_no_rule_of_a_module_is_left_out() -> None:
    modules = [
        importlib.import_module(found.name) for found in pkgutil.walk_packages(rules.__path__, "rules.")
    ]
    held = {rule.name for module in modules for rule in getattr(module, "RULES", ())}
    assert held == {rule.name for rule in ALL}
