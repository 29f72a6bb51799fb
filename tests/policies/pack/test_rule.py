"""Tests of rules: exactly one predicate, and messages from it."""

from __future__ import annotations

from typing import Any

import pytest
from rules.pack.evaluator import Evaluator
from rules.pack.graph import Stack
from rules.pack.rule import M, Resource, resource_rule, stack_rule

from tests.policies.judge import STRICT

TYPE = "aws:s3/bucket:Bucket"
ABOUT: tuple[Any, ...] = ("a-rule", M, TYPE, "A bucket has a name.", "set name")
ONE = Resource(type=TYPE, name="one", urn="urn::one", props={})


@pytest.mark.parametrize("predicates", [{}, {"holds": bool, "finds": list}])
def test_a_resource_rule_without_exactly_one_predicate_is_refused(predicates: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="a-rule"):
        resource_rule(*ABOUT, **predicates)


@pytest.mark.parametrize(
    "predicates", [{}, {"holds": bool, "finds": list}, {"holds": bool, "stack_holds": bool}]
)
def test_a_stack_rule_without_exactly_one_predicate_is_refused(predicates: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="a-rule"):
        stack_rule(*ABOUT, **predicates)


@pytest.mark.parametrize(
    "rule",
    [
        resource_rule(*ABOUT, holds=lambda props: "name" in props),
        resource_rule(*ABOUT, finds=lambda one, config: [] if "name" in one.props else [""]),
        stack_rule(*ABOUT, holds=lambda one, stack: "name" in one.props),
        stack_rule(*ABOUT, finds=lambda one, stack: [] if "name" in one.props else [""]),
        stack_rule(*ABOUT, stack_holds=lambda stack: "name" in stack.resources[0].props),
    ],
)
def test_a_predicate_that_fails_is_a_finding_that_says_what_to_do(rule: Any) -> None:
    evaluator = Evaluator([rule])
    found = (
        evaluator.evaluate_resource(ONE, STRICT).findings
        | evaluator.evaluate_stack(Stack([ONE], STRICT)).findings
    )
    assert [finding.message.rpartition(": ")[2] for finding in found["a-rule"]] == ["set name"]
