"""Rows of the table of attachments: what AWS lets somebody attach to a resource, or share from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from ops.core.aws_state import AwsState, Item
from ops.core.session import error_code


@dataclass(frozen=True)
class Resource:
    """One resource whose attachments are read."""

    name: str
    """Its name in findings."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """What identifies it in the call."""
    item: Item = field(default_factory=dict)
    """How AWS describes it."""


Resources = Callable[[AwsState], Iterable[Resource]]
Call = Callable[[AwsState, Resource], Iterable[Any]]
Undeclared = Callable[[AwsState, Resource, Any], str | None]
"""What is wrong with one attachment; None where the stack, or a service of AWS, made it."""


@dataclass(frozen=True)
class Read:
    """An attachment that verification reads."""

    attachment: str
    resources: Resources
    call: Call
    undeclared: Undeclared
    remedy: str


@dataclass(frozen=True)
class Checked:
    """An attachment that another check compares with the stack file."""

    attachment: str
    check: str
    """The slug of that check."""


@dataclass(frozen=True)
class Unread:
    """An attachment that verification does not read."""

    attachment: str
    why: str


@dataclass(frozen=True)
class Nothing:
    """A type to which AWS lets nobody attach anything."""

    why: str


Row = Read | Checked | Unread | Nothing


def listed(call: str, member: str, **params: Any) -> Call:
    """The items of a list call, over all its pages."""
    service, _, api = call.partition(":")

    def read(aws: AwsState, resource: Resource) -> Iterator[Any]:
        yield from aws.list(service, xform_name(api), member, **{**params, **resource.params})

    return read


def asked(call: str, *members: str, absent: tuple[str, ...] = (), **params: Any) -> Call:
    """The named members of one response, where they are not empty; none at one of the codes ``absent``.

    A member that is a list yields its items.
    """
    service, _, api = call.partition(":")

    def read(aws: AwsState, resource: Resource) -> Iterator[Any]:
        try:
            answer = aws.ask(service, xform_name(api), **{**params, **resource.params})
        except ClientError as error:
            if error_code(error) not in absent:
                raise
            return
        yield from _members(answer, members)

    return read


def described(*members: str) -> Call:
    """The named members of how AWS describes the resource; a member that is a list yields its items."""
    return lambda aws, resource: _members(resource.item, members)


def itself(aws: AwsState, resource: Resource) -> Iterator[Item]:
    """How AWS describes the resource."""
    yield resource.item


def _members(answer: Item, members: tuple[str, ...]) -> Iterator[Any]:
    for member in members:
        found = answer.get(member)
        if isinstance(found, list):
            yield from found
        elif found:
            yield found


def always(problem: str) -> Undeclared:
    """Every attachment of the kind is undeclared; ``problem`` may name members of it: ``{Name}``."""
    return lambda aws, resource, item: problem.format_map(item if isinstance(item, dict) else {"it": item})
