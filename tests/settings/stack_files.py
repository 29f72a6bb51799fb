"""Parses the raw objects of a shipped stack with single entries changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Network
from typing import Any

import yaml

from settings import Settings, SettingsError, parse
from settings.stack_file import NAMESPACE, ROOT

REMOVED = object()


def raw(stack: str = "prod") -> dict[str, Any]:
    """The ``strongroom:`` objects of a shipped stack, as a copy that may be changed."""
    return copy.deepcopy(_shipped(stack))


@cache
def _shipped(stack: str) -> dict[str, Any]:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {k.removeprefix(NAMESPACE): v for k, v in config.items() if k.startswith(NAMESPACE)}


def changed(*changes: tuple[str, Any], stack: str = "prod") -> dict[str, Any]:
    """The same with values set at dotted paths, or removed."""
    objects = raw(stack)
    for path, value in changes:
        *parents, last = path.split(".")
        place = objects
        for parent in parents:
            place = place.setdefault(parent, {})
        if value is REMOVED:
            del place[last]
        else:
            place[last] = value
    return objects


def problems(
    *changes: tuple[str, Any],
    stack: str = "prod",
    others: Mapping[str, IPv4Network] | None = None,
    examples_allowed: bool = True,
    secure_paths: tuple[str, ...] = (),
) -> list[str]:
    """The errors in a stack file with these changes; empty when it is valid."""
    try:
        accept(
            *changes,
            stack=stack,
            others=others or {},
            examples_allowed=examples_allowed,
            secure_paths=secure_paths,
        )
    except SettingsError as error:
        return list(error.problems)
    return []


def accept(
    *changes: tuple[str, Any],
    stack: str = "prod",
    others: Mapping[str, IPv4Network] | None = None,
    examples_allowed: bool = True,
    secure_paths: tuple[str, ...] = (),
) -> Settings:
    """The settings of a stack file with these changes."""
    return parse(
        stack,
        changed(*changes, stack=stack),
        others=others or {},
        examples_allowed=examples_allowed,
        secure_paths=secure_paths,
    )
