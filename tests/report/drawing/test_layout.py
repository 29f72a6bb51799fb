"""Tests of the placement: every part and connection is in the picture, and boxes do not overlap."""

from __future__ import annotations

from itertools import combinations

import pytest

from report.collect.architecture import architecture
from report.drawing import Box, place
from settings import read_stack_file
from tests.program import STACKS
from tests.report.declared import report


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@pytest.mark.parametrize("stack", STACKS)
def test_every_drawn_part_has_a_box_and_every_pair_that_connects_a_line(stack: str) -> None:
    built = report(stack).architecture
    layout = place(built)
    assert {box.id for box in layout.boxes} == {part.id for part in built.parts if part.drawn}
    assert {(line.source, line.target) for line in layout.lines} == {
        (one.source, one.target) for one in built.connections
    }


@pytest.mark.parametrize("stack", STACKS)
def test_no_two_boxes_overlap_and_all_are_inside_the_picture(stack: str) -> None:
    layout = place(report(stack).architecture)
    assert [pair for pair in combinations(layout.boxes, 2) if overlap(*pair)] == []
    for box in (*layout.boxes, *layout.zones):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= layout.width
        assert box.y + box.height <= layout.height


@pytest.mark.parametrize("stack", STACKS)
def test_a_zone_holds_the_boxes_of_its_subnets_and_no_other(stack: str) -> None:
    built = report(stack).architecture
    layout, tiers = place(built), {part.id: part.tier for part in built.parts}
    for zone in layout.zones:
        held = {box.id for box in layout.boxes if overlap(zone, box)}
        assert held == {box.id for box in layout.boxes if tiers[box.id] == zone.id}


def test_the_way_from_the_internet_leads_to_the_right() -> None:
    layout = place(report("staging").architecture)
    left = {box.id: box.x for box in layout.boxes}
    assert left["internet"] < left["edge"] < left["api-gateway"] < left["user"] < left["database"]


def test_a_stack_without_a_load_balancer_is_drawn_without_public_subnets() -> None:
    settings = read_stack_file("staging").model_copy(update={"edge": None})
    layout = place(architecture(settings, (), ()))
    assert {zone.id for zone in layout.zones} == {"private", "isolated"}
    assert not {"internet", "edge"} & {box.id for box in layout.boxes}


def test_an_internal_load_balancer_is_in_the_private_subnets_and_not_on_a_way_from_the_internet() -> None:
    staging = read_stack_file("staging")
    assert staging.edge is not None
    inside = staging.edge.model_copy(update={"scheme": "internal"})
    built = architecture(staging.model_copy(update={"edge": inside}), (), ())
    tiers = {part.id: part.tier for part in built.parts}
    assert tiers["edge"] == "private"
    assert [one for one in built.connections if one.from_internet] == []
    assert {line.target for line in place(built).lines if line.source == "10.30.0.0/16"} == {"edge"}


def test_both_ports_of_a_connection_are_on_one_line() -> None:
    layout = place(report("staging").architecture)
    (line,) = (one for one in layout.lines if one.source == "internet")
    assert line.ports == (80, 443)
    assert line.from_internet


def test_the_same_architecture_is_always_placed_the_same_way() -> None:
    built = report("prod").architecture
    assert place(built) == place(built)
