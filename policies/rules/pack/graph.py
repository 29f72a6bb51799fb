"""Indexes a stack's resources by the property dependencies that the engine records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from rules.pack.config import Configuration
from rules.pack.properties import canonical
from rules.pack.rule import Resource

Made = TypeVar("Made")
# The properties that a hard-coded reference to a resource of the same stack would contain.
_IDENTITIES = ("arn", "id", "bucket", "name")


class Stack:
    """The resources of one stack, indexed by type, identity and dependency."""

    def __init__(self, resources: Iterable[Resource], config: Configuration) -> None:
        self.config = config
        self.resources = tuple(resources)
        self._by_type: defaultdict[str, list[Resource]] = defaultdict(list)
        self._by_identity: dict[tuple[str, str], Resource] = {}
        for one in self.resources:
            self._by_type[one.type].append(one)
            for key in _IDENTITIES:
                if value := _text(one, key):
                    self._by_identity.setdefault((one.type, value), one)
        self._made: dict[str, Any] = {}
        self._back: defaultdict[str, list[tuple[str, Resource]]] | None = None

    def once(self, name: str, make: Callable[[Stack], Made]) -> Made:
        """The result of ``make`` for this stack, computed once and cached by name."""
        if name not in self._made:
            self._made[name] = make(self)
        return self._made[name]

    def all(self, *types: str) -> list[Resource]:
        """The resources of these types."""
        return [one for type_ in types for one in self._by_type.get(type_, ())]

    def refers(self, one: Resource, key: str, *types: str) -> list[Resource]:
        """The resources of ``types`` that the property ``key`` of ``one`` depends on."""
        made_from = [other for other in one.needs.get(key, ()) if not types or other.type in types]
        if made_from:
            return made_from
        return [
            found
            for value in _texts(one, key)
            for type_ in types
            if (found := self._by_identity.get((type_, value))) is not None
        ]

    def referrers(self, target: Resource, type_: str, *keys: str) -> list[Resource]:
        """The resources of ``type_`` whose property (one of ``keys``, or any) refers to ``target``."""
        found = {
            one.urn: one
            for key, one in self._referring(target)
            if one.type == type_ and (not keys or key in keys)
        }
        return list(found.values())

    def users(self, target: Resource) -> list[Resource]:
        """Every resource that refers to ``target`` in any way."""
        return list({one.urn: one for _, one in self._referring(target)}.values())

    def _referring(self, target: Resource) -> list[tuple[str, Resource]]:
        if self._back is None:
            self._back = self._turned()
        return self._back.get(target.urn, [])

    def _turned(self) -> defaultdict[str, list[tuple[str, Resource]]]:
        types_of: defaultdict[str, set[str]] = defaultdict(set)
        for type_, value in self._by_identity:
            types_of[value].add(type_)
        back: defaultdict[str, list[tuple[str, Resource]]] = defaultdict(list)
        for one in self.resources:
            for key, others in one.needs.items():
                for other in others:
                    back[other.urn].append((key, one))
            for key in one.props:
                if one.needs.get(key):
                    continue
                for value in _texts(one, key):
                    for type_ in types_of.get(value, ()):
                        if (other := self._by_identity[type_, value]) is not one:
                            back[other.urn].append((key, one))
        return back


def from_engine(resources: Sequence[PolicyResource]) -> Iterator[Resource]:
    """Convert the engine's resources, with their dependencies resolved to one another."""
    ties: dict[str, dict[str, list[Resource]]] = {}
    ours: dict[str, Resource] = {}
    for one in resources:
        needs = ties[one.urn] = {}
        ours[one.urn] = Resource(
            type=canonical(one.resource_type),
            name=one.name,
            urn=one.urn,
            props=one.props,
            protect=one.opts.protect,
            ignore_changes=one.opts.ignore_changes,
            provider=one.provider.props if one.provider else None,
            parent=one.parent.urn if one.parent else "",
            needs=needs,
        )
    for one in resources:
        for key, others in one.property_dependencies.items():
            ties[one.urn][key] = [ours[other.urn] for other in others]
    yield from ours.values()


def _text(one: Resource, key: str) -> str:
    try:
        value = one.props.get(key)
    except UnknownValueError:
        return ""
    return value if isinstance(value, str) else ""


def _texts(one: Resource, key: str) -> Iterator[str]:
    """The known strings of a property that is a string or a list of strings."""
    try:
        value = one.props.get(key)
    except UnknownValueError:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for index in range(len(value)):
            try:
                inner = value[index]
            except UnknownValueError:
                continue
            if isinstance(inner, str):
                yield inner
