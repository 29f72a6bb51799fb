"""Checks that secret values are strong, and appear in no property other than those for secrets."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy.proxy import UnknownValueError

from rules.lib import secret_properties
from rules.lib.secret_finder import layers
from rules.pack.config import Configuration
from rules.pack.graph import Stack
from rules.pack.properties import strings
from rules.pack.rule import EVERY_TYPE, M, Resource, resource_rule, stack_rule

MIN_LENGTH, MIN_DISTINCT = 20, 8
_WORDS = (
    "changeme",
    "change-me",
    "password",
    "placeholder",
    "letmein",
    "qwerty",
    "123456",
    "-here",
    "username",
)


def _weak(value: str) -> str | None:
    fields = secret_properties.fields(value)
    if fields is not None:
        return "has an empty field" if any(not found for _, found in strings(fields)) else None
    if "://" in value:
        password = secret_properties.url_password(value)
        return None if password is None else _weak(password)
    if len(value) < MIN_LENGTH or len(set(value)) < MIN_DISTINCT:
        return f"has fewer than {MIN_LENGTH} characters, or fewer than {MIN_DISTINCT} different ones"
    return (
        "contains a common password or placeholder" if any(word in value.lower() for word in _WORDS) else None
    )


def _weaknesses(one: Resource, _: Configuration) -> Iterator[str]:
    for key in secret_properties.keys(one):
        for _path, value in strings(secret_properties.at(one, key)):
            if weakness := _weak(value):
                yield f"{key.split('.')[0]} {weakness}"


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
