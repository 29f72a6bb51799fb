"""Secret values: strong, from a generator or an operator, of one owner, and nowhere but where they belong."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy.proxy import UnknownValueError

from . import sinks
from .configuration import Configuration
from .detector import layers
from .graph import Stack
from .rds import INSTANCE as DATABASE
from .reading import is_set, on, strings, text
from .rule import EVERY_TYPE, M, Resource, inspect, relate, trace
from .secrets_manager import ROTATION, SECRET, VERSION
from .ssm import PARAMETER

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
_LEAKING = (sinks.BYTES, sinks.STRING, sinks.ID)


def _weak(value: str) -> str | None:
    fields = sinks.fields(value)
    if fields is not None:
        return "has an empty field" if any(not found for _, found in strings(fields)) else None
    if "://" in value:
        password = sinks.url_password(value)
        return None if password is None else _weak(password)
    if len(value) < MIN_LENGTH or len(set(value)) < MIN_DISTINCT:
        return f"has fewer than {MIN_LENGTH} characters, or too few different ones"
    return "holds a word that is guessed first" if any(word in value.lower() for word in _WORDS) else None


def _weaknesses(one: Resource, _: Configuration) -> Iterator[str]:
    for key in sinks.keys(one):
        for _path, value in strings(sinks.at(one, key)):
            if weakness := _weak(value):
                yield f"{key.split('.')[0]} {weakness}"


def _leaks(one: Resource, stack: Stack) -> Iterator[str]:
    needles = stack.once("known values", sinks.known_values)
    if not len(needles):
        return
    own = {key.split(".")[0] for key in sinks.keys(one)}
    for key in one.props:
        if key in own:
            continue
        try:
            value = one.props[key]
        except UnknownValueError:
            continue
        if any(needles.within(layer) for _, found in strings(value) for layer in layers(found)):
            yield f"{key} holds the value of a secret"


def _sourced(one: Resource, stack: Stack) -> bool:
    if one.type == DATABASE:
        managed = on(one.props, "manageMasterUserPassword") or is_set(one.props, "passwordWo")
        return managed or not is_set(one.props, "password") or _generated(one, "password", stack)
    if one.type == PARAMETER:
        supplied = text(one.props, "name") in stack.config.supplied_secrets
        return not sinks.keys(one) or supplied or _generated(one, "value", stack)
    names = {text(secret.props, "name") for secret in stack.refers(one, "secretId", SECRET)}
    return bool(names & set(stack.config.supplied_secrets)) or _generated(one, "secretString", stack)


def _generated(one: Resource, key: str, stack: Stack) -> bool:
    return bool(stack.refers(one, key, sinks.PASSWORD))


def _safe(one: Resource, stack: Stack) -> bool:
    return one.type != sinks.BYTES and not any(user.type in sinks.SINKS for user in stack.users(one))


def _one_owner(version: Resource, stack: Stack) -> bool:
    return not any(
        stack.referrers(secret, ROTATION, "secretId")
        or text(secret.props, "name") in stack.config.rotated_secrets
        for secret in stack.refers(version, "secretId", SECRET)
    )


RULES = [
    inspect(
        "own-secret-weak",
        M,
        sinks.SINKS,
        "A secret value is long, varied and complete.",
        "generate it, or import a better one",
        _weaknesses,
    ),
    trace(
        "own-secret-leak",
        M,
        EVERY_TYPE,
        "A secret value lies in no property but those made for it.",
        "hand over the ARN, or inject it through secrets",
        _leaks,
    ),
    relate(
        "own-secret-no-literal",
        M,
        (DATABASE, VERSION, PARAMETER),
        "A secret value comes from a generator or an operator, never from the source.",
        "use manage_master_user_password, a RandomPassword, or declare it as supplied",
        _sourced,
    ),
    relate(
        "own-secret-leaking-random",
        M,
        _LEAKING,
        "No secret is made by a random resource whose id is its value, in clear in every state file (T20).",
        "use RandomPassword (A5)",
        _safe,
    ),
    relate(
        "own-secret-one-owner",
        M,
        VERSION,
        "Pulumi puts no version on a secret that a rotation owns (T13).",
        "remove the SecretVersion",
        _one_owner,
    ),
]
