"""Tests that every resource of the shipped stacks belongs to a part that the page names."""

from __future__ import annotations

import pytest

from report.collect.parts import PartOf, parts
from settings import read_stack_file
from tests.program import STACKS
from tests.report.declared import report


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_belongs_to_a_part_of_the_page(stack: str) -> None:
    built = report(stack).architecture
    known = {part.id for part in built.parts}
    assert {one.part for one in built.resources} <= known
    assert [part.id for part in built.parts if part.description == "a component of the stack"] == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("containers-user-exec", "user"),
        ("containers-ai-config-task", "ai-config"),
        ("containers-cluster", "containers"),
        ("registry-music", "music"),
        ("connections-rds-5432-from-user", "database"),
        ("connections-user-to-rds-5432", "user"),
        ("database-instance", "database"),
        ("edge-logs-bucket", "edge"),
        ("unheard-of", "unheard"),
    ],
)
def test_a_resource_belongs_to_the_component_or_the_service_in_its_name(name: str, part: str) -> None:
    assert PartOf(read_stack_file("staging"))(name) == part


def test_a_component_that_is_not_described_is_a_part_all_the_same() -> None:
    found = {part.id: part.title for part in parts(read_stack_file("staging"), ["unheard-of"])}
    assert found["unheard"] == "Unheard"


@pytest.mark.parametrize("stack", STACKS)
def test_every_end_of_a_connection_is_drawn(stack: str) -> None:
    built = report(stack).architecture
    drawn = {part.id for part in built.parts if part.drawn}
    assert {end for one in built.connections for end in (one.source, one.target)} == drawn
