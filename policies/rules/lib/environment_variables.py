"""Read the environment variables of ECS containers and Lambda functions, and find credentials among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from secret_detection import credential, holds_a_credential

from rules.lib.iam.documents import parse_list
from rules.lib.resource_types import FUNCTION
from rules.pack.properties import Props, part, parts, text
from rules.pack.rule import Resource


class Variable(NamedTuple):
    """One plain environment variable."""

    path: str
    """Its path, for messages."""
    name: str
    value: str


def containers(task: Props) -> list[Props]:
    """The container definitions of a task definition."""
    return parse_list(task.get("containerDefinitions"))


def variables(one: Resource) -> Iterator[Variable]:
    """The plain environment variables of a Lambda function or of the containers of a task definition."""
    if one.type == FUNCTION:
        environment = part(part(one.props, "environment"), "variables")
        for name in environment:
            yield Variable(f"environment.{name}", name, str(environment[name]))
        return
    for container in containers(one.props):
        for variable in parts(container, "environment"):
            name = text(variable, "name")
            path = f"{text(container, 'name')}.environment.{name}"
            yield Variable(path, name, str(variable.get("value") or ""))


def credentials(found: Iterable[Variable], *, by_name: bool = False) -> Iterator[str]:
    """The variables that look like a credential, and with ``by_name`` those that are named like one."""
    for variable in found:
        if kind := credential(variable.value):
            yield f"{variable.path} looks like a credential ({kind})"
        elif by_name and holds_a_credential(variable.name, variable.value):
            yield f"{variable.path} is named like a credential"
