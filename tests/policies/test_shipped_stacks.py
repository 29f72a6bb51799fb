"""Checks that every shipped stack passes the pack: no M, no P in production, every A exempted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from rules import ALL
from rules.pack.config import Configuration
from rules.pack.evaluator import Evaluator
from rules.pack.exemptions import Register, read
from rules.pack.graph import Stack
from rules.pack.rule import Level

from settings import read_stack_file
from settings.policy_config import GATES, pack_config
from tests.harness import Deployment
from tests.policies.iam_catalogue import unknown_actions
from tests.policies.judge import Entry, assemble, first_preview, recorded
from tests.program import ROOT, STACKS, shipped

LEVELS = {rule.name: rule.level for rule in ALL}
NAMES = {rule.name for rule in ALL}
PROVIDER = "pulumi:providers:aws"


def judged(
    deployment: Deployment, stack: str, entries: Mapping[str, Entry]
) -> tuple[Evaluator, set[tuple[str, str]]]:
    """The evaluator after a whole run, with the findings: rule and resource."""
    config = Configuration.read(pack_config(read_stack_file(stack))[GATES[0]])
    production = read_stack_file(stack).environment.production
    exemptions = read(ROOT / "policies" / "exemptions.yaml")
    evaluator = Evaluator(ALL, Register(exemptions, stack=stack, production=production))
    provider = deployment.only(PROVIDER).inputs
    resources = list(assemble(entries, provider))
    evaluations = [evaluator.evaluate_resource(one, config) for one in resources]
    evaluations.append(evaluator.evaluate_stack(Stack(resources, config)))
    return evaluator, {
        (finding.rule, finding.urn.rpartition("::")[2])
        for evaluation in evaluations
        for findings in evaluation.findings.values()
        for finding in findings
    }


@cache
def at_update(stack: str) -> tuple[Evaluator, set[tuple[str, str]]]:
    return judged(shipped(stack), stack, recorded(shipped(stack)))


@pytest.mark.attack(6, 13)
@pytest.mark.parametrize("stack", STACKS)
def test_a_shipped_stack_breaks_nothing_that_its_environment_demands(stack: str) -> None:
    production = read_stack_file(stack).environment.production
    _, found = at_update(stack)
    excused = Level.PRODUCTION if not production else None
    assert {one for one in found if LEVELS[one[0]] is not excused} == set()


@pytest.mark.parametrize("stack", STACKS)
def test_an_update_of_a_shipped_stack_leaves_nothing_unevaluated(stack: str) -> None:
    evaluator, _ = at_update(stack)
    assert {urn: rules for urn, rules in evaluator.open.items() if rules} == {}


@pytest.mark.parametrize("stack", STACKS)
def test_what_waits_on_a_first_preview_is_pinned(stack: str) -> None:
    evaluator, found = judged(shipped(stack), stack, first_preview(shipped(stack)))
    waiting = [
        f"{urn.rpartition('::')[2]}: {rule}" for urn, rules in evaluator.open.items() for rule in rules
    ]
    pinned = Path(__file__).with_name("unevaluated") / f"{stack}.txt"
    assert sorted(waiting) == pinned.read_text("utf-8").splitlines()
    assert {one for one in found if LEVELS[one[0]] is Level.MANDATORY} <= {("own-exemption-audit", "")}


@pytest.mark.parametrize("stack", STACKS)
def test_every_action_in_a_document_of_ours_exists(stack: str) -> None:
    documents = [
        (one.name, value)
        for one in shipped(stack).resources
        for key, value in one.inputs.items()
        if key in ("policy", "assumeRolePolicy") and isinstance(value, str)
    ]
    assert [(name, wrong) for name, document in documents if (wrong := unknown_actions(document))] == []
