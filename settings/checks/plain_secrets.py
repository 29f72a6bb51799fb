"""Checks that nothing in a stack file that ends in a container in plain text is a credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from pydantic import BaseModel

from policies.secret_detection import credential, holds_a_credential, in_command
from settings.checks.check import Others
from settings.grants import entries
from settings.host_env import short_name
from settings.schema.compose.base import entries as variables_of
from settings.schema.stack import Settings

_REMEDY = "declare it under strongroom:secrets, and remove it here"


def plain_secret_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check environment variables, parameters and command lines with the policy pack's detector."""
    # Another check says that these are secrets already.
    own = {one.env for one in entries(settings)} | {short_name(one) for one in entries(settings)}
    yield from _in_model("platform", settings.platform, own)
    yield from _in_model("schedules", settings.schedules, own)
    host = settings.host
    if host is None:
        return
    for name, one in host.parameters.items():
        if name not in own:
            yield from _in_variable(f"platform.parameters.{name}.value", name, one.value or "")
    services = host.compose.get("services")
    for name, service in services.items() if isinstance(services, Mapping) else ():
        if isinstance(service, Mapping):
            yield from _in_service(f"platform.compose.services.{name}", service)


def _in_model(where: str, value: Any, own: Set[str | None]) -> Iterator[str]:
    """Check every ``environment`` and ``command`` at any depth."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _in_model(f"{where}.{name}", inner, own)
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            path, inner = f"{where}.{field.alias or name}", getattr(value, name)
            if name == "environment":
                plain = {env: text for env, text in inner.items() if env not in own}
                yield from _in_environment(path, plain)
            elif name == "command":
                yield from _in_commands(path, inner)
            elif name != "compose":  # compose's own form
                yield from _in_model(path, inner, own)


def _in_service(where: str, service: Mapping[str, Any]) -> Iterator[str]:
    for key in ("environment", "labels"):
        yield from _in_environment(f"{where}.{key}", variables_of(service.get(key)))
    for key in ("command", "entrypoint"):
        yield from _in_commands(f"{where}.{key}", service.get(key))
    check = service.get("healthcheck")
    if isinstance(check, Mapping):
        yield from _in_commands(f"{where}.healthcheck.test", check.get("test"))


def _in_environment(where: str, variables: Any) -> Iterator[str]:
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        if isinstance(value, str | int):
            yield from _in_variable(f"{where}.{name}", str(name), str(value))


def _in_variable(where: str, name: str, value: str) -> Iterator[str]:
    """Check one variable; a message never shows its value."""
    if kind := credential(value):
        yield f"{where}: looks like a credential ({kind}); {_REMEDY}"
    elif holds_a_credential(name, value):
        yield f"{where}: is named like a credential and has a value; {_REMEDY}"


def _in_commands(where: str, command: Any) -> Iterator[str]:
    words = [command] if isinstance(command, str) else command
    if isinstance(words, list | tuple):
        for found in dict.fromkeys(in_command([str(word) for word in words])):
            yield f"{where}: {found}; {_REMEDY}, and refer to its variable"
