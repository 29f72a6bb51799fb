"""Lists the properties that may contain secret values, and reads the values in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_policy.proxy import UnknownValueError
from secret_detection.weakness import json_fields, url_password

from rules.lib.known_values import KnownValues
from rules.lib.resource_types import (
    CACHE_USER,
    RANDOM_PASSWORD,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SECRET_VERSION,
    SSM_PARAMETER,
)
from rules.pack.graph import Stack
from rules.pack.properties import part, strings, text
from rules.pack.rule import Resource

BY_TYPE: dict[str, tuple[str, ...]] = {
    RANDOM_PASSWORD: ("result", "bcryptHash"),
    SECRET_VERSION: ("secretString", "secretStringWo", "secretBinary"),
    SSM_PARAMETER: ("value", "valueWo"),
    RDS_INSTANCE: ("password", "passwordWo"),
    REPLICATION_GROUP: ("authToken",),
    CACHE_USER: ("passwords", "authenticationMode.passwords"),
}
_SHORTEST_FIELD = 32


def keys(one: Resource) -> tuple[str, ...]:
    """The properties of a resource that may contain a secret; a String parameter has none."""
    if one.type == SSM_PARAMETER and text(one.props, "type") != "SecureString":
        return ()
    return BY_TYPE.get(one.type, ())


def held(one: Resource) -> Iterator[tuple[str, str]]:
    """The secret values of a resource, by property, without unknown ones."""
    for key in keys(one):
        try:
            value = at(one, key)
        except UnknownValueError:
            continue
        for _, found in strings(value):
            yield key, found


def at(one: Resource, key: str) -> Any:
    """The value of a property, or of one nested in it."""
    outer, _, inner = key.partition(".")
    return part(one.props, outer).get(inner) if inner else one.props.get(outer)


def pieces(value: str) -> Iterator[str]:
    """A secret value and the secrets in it: fields of JSON, the password of a URL."""
    yield value
    if json_fields(value) is not None:
        yield from (found for _, found in strings(json_fields(value)) if len(found) >= _SHORTEST_FIELD)
    elif password := url_password(value):
        yield password


def known_values(stack: Stack) -> KnownValues:
    """Every secret value of the stack's resources."""
    values = KnownValues()
    for one in stack.all(*BY_TYPE):
        for _, value in held(one):
            for piece in pieces(value):
                values.add(piece)
    return values
