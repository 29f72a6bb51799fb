"""Checks that secret values are strong, and appear in no property other than those for secrets."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy.proxy import UnknownValueError
from secret_detection import layers
from secret_detection.weakness import weakness

from rules.lib import secret_properties
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import strings
from rules.pack.rule import EVERY_TYPE, M, Resource, resource_rule, stack_rule


def _weaknesses(one: Resource, _: Configuration) -> Iterator[str]:
    for key in secret_properties.keys(one):
        for _path, value in strings(secret_properties.at(one, key)):
            if wrong := weakness(value):
                yield f"{key.split('.')[0]} {wrong}"


def _leaks(one: Resource, stack: Stack) -> Iterator[str]:
    values = stack.once("known values", secret_properties.known_values)
    if not len(values):
        return
    own = {key.split(".")[0] for key in secret_properties.keys(one)}
    for key in one.props:
        if key in own:
            continue
        try:
            value = one.props[key]
        except UnknownValueError:
            continue
        if any(values.within(layer) for _, found in strings(value) for layer in layers(found)):
            yield f"{key} contains the value of a secret"


RULES = [
    resource_rule(
        "own-secret-weak",
        M,
        secret_properties.BY_TYPE,
        "A secret value is long, has varied characters, and has no empty field.",
        "generate the value, or import a stronger one",
        finds=_weaknesses,
    ),
    stack_rule(
        "own-secret-leak",
        M,
        EVERY_TYPE,
        "A secret value appears in no property other than those for secrets.",
        "pass the ARN, or inject the value through secrets",
        finds=_leaks,
    ),
]
