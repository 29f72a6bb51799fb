"""Tests that the costs of the parts are those of the whole stack."""

from __future__ import annotations

import pytest

from ops.cost import Declared, estimate, prices_of
from report.collect.cost import cost
from settings import read_stack_file
from tests.program import STACKS
from tests.report.declared import deployed, report


@pytest.mark.parametrize("stack", STACKS)
def test_the_parts_add_up_to_the_estimate_of_the_stack(stack: str) -> None:
    settings = read_stack_file(stack)
    declared = [Declared(type=one.type, name=one.name, inputs=one.inputs) for one in deployed(stack)]
    whole = estimate(settings, declared, prices_of(settings.region))
    found = report(stack).cost
    assert found is not None
    assert found.month == round(whole.month, 2) > 0
    assert sum(one.month for one in found.parts) == pytest.approx(found.month, abs=0.1)


def test_a_service_has_the_cost_of_its_tasks() -> None:
    found = report("staging").cost
    assert found is not None
    lines = {one.part: [line.what for line in one.lines] for one in found.parts}
    assert any("Fargate CPU" in what for what in lines["user"])
    assert not any("Fargate" in what for what in lines["database"])


def test_the_most_expensive_part_is_first() -> None:
    found = report("prod").cost
    assert found is not None
    months = [one.month for one in found.parts]
    assert months == sorted(months, reverse=True)


def test_a_region_without_prices_has_no_estimate() -> None:
    elsewhere = read_stack_file("staging").model_copy(update={"region": "xx-nowhere-1"})
    assert cost(elsewhere, deployed("staging")) is None
