"""Parses the raw objects of a stack file into :class:`Settings`, or reports every error in it at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from settings.checks import CHECKS, owner_problems
from settings.checks.examples import examples_in
from settings.defaults import network_of
from settings.errors import SettingsError, describe, nearest
from settings.errors.repair import may_follow, refused_keys, without_errors
from settings.schema.stack import Settings

VALUES = "values"
"""The key of the operator-supplied secret values; they are never parsed into a model."""

_HINTS = get_type_hints(Settings, include_extras=True)
_PARSERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(hint) for name, hint in _HINTS.items()}
_FIELDS = {to_camel(name): name for name in _HINTS if name in Settings.model_fields}


def parse(
    stack: str,
    raw: Mapping[str, Any],
    *,
    others: Mapping[str, IPv4Network],
    owners: Mapping[str, str] | None = None,
    examples_allowed: bool,
    secure_paths: tuple[str, ...] = (),
) -> Settings:
    """Parse and check the ``strongroom:`` objects of one stack; :class:`SettingsError` lists all problems.

    ``others`` are the address spaces of the other stack files, ``owners`` the accounts where those set
    ``accountWide``.
    ``secure_paths`` are the paths of encrypted values outside ``values``, which are errors.
    """
    problems = [
        f"{path}: encrypted values belong under strongroom:{VALUES}; move it there with `ops import-env`"
        for path in secure_paths
    ]
    problems += [
        f"{key}: unknown setting{nearest(key, tuple(_FIELDS)) or '; remove it'}"
        for key in raw
        if key not in _FIELDS and key != VALUES
    ]
    understood, refused = dict[str, Any](), set[str]()
    for key, name in _FIELDS.items():
        given = raw.get(key)
        field = Settings.model_fields[name]
        # Pulumi.yaml declares every object with the default {}, so an empty one means "left out".
        if given is None or given == {}:
            if field.is_required():
                problems.append(f"{key}: missing; every stack needs it (docs/configuration.md)")
            else:
                understood[name] = field.get_default(call_default_factory=True)
            continue
        # Parsed as JSON, in which the engine passes objects: "no" stays text and is never a boolean.
        text = json.dumps(given, default=str)
        try:
            understood[name] = _PARSERS[name].validate_json(text, strict=True)
        except ValidationError as error:
            problems += describe(key, error, _HINTS[name])
            refused |= refused_keys(error)
            if (rest := without_errors(_PARSERS[name], json.loads(text), error)) is not None:
                understood[name] = rest
    if "network" in understood:
        understood["network"] = network_of(understood)
    draft = Settings.model_construct(**understood)
    for check, sections in CHECKS:
        if all(section in understood for section in sections):
            problems += (one for one in check(draft, others) if not may_follow(one, refused))
    if {"audit", "account_id"} <= understood.keys():
        problems += owner_problems(draft, owners or {})
    if problems:
        raise SettingsError(stack, problems)
    settings = Settings.model_validate(understood, by_name=True, by_alias=False)
    if not examples_allowed and (left := list(examples_in(settings))):
        raise SettingsError(stack, left)
    return settings
