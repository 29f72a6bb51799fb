"""Parses IAM documents into statements of one form, for each spelling that AWS accepts.

The program parses IAM documents with its package ``iam_documents``, and the pack does so here: the engine
runs the pack in a process of its own, with the pack's folder as ``sys.path[0]`` and without the program on
the path, so the pack cannot import the program.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rules.lib.iam.patterns import PROBE, is_everything, matches

EVERY_ACTION = f"{PROBE}:{PROBE}"
"""An action that is covered only by a statement about every action."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement, with single values as tuples of one, and actions in lower case."""

    allows: bool
    actions: tuple[str, ...]
    all_actions_but: tuple[str, ...]
    resources: tuple[str, ...]
    all_resources_but: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    """Pairs of kind (``AWS``, ``Service``, ``Federated``, ``*``) and name."""
    all_principals_but: bool
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Triples of operator and key, both in lower case, and values."""

    @property
    def anywhere(self) -> bool:
        """Whether it applies to every resource of every service."""
        if self.all_resources_but:
            return not any(map(is_everything, self.all_resources_but))
        return any(map(is_everything, self.resources))

    @property
    def every_action(self) -> bool:
        """Whether it applies to every action of every service."""
        return self.covers(EVERY_ACTION)

    def covers(self, action: str) -> bool:
        """Whether it applies to this action, with wildcards and NotAction."""
        action = action.lower()
        if self.all_actions_but:
            return not any(matches(pattern, action) for pattern in self.all_actions_but)
        return any(matches(pattern, action) for pattern in self.actions)

    def covers_any(self, actions: Sequence[str]) -> bool:
        """Whether it applies to at least one of these actions."""
        return any(map(self.covers, actions))

    def covers_service(self, service: str) -> bool:
        """Whether it applies to every action of a service."""
        return self.covers(f"{service}:{PROBE}")


def parse(document: Any) -> Mapping[str, Any]:
    """A document given as JSON or as data; an empty mapping for anything else."""
    if isinstance(document, str):
        document = _loaded(document)
    return document if isinstance(document, Mapping) else {}


def parse_list(text: Any) -> list[Mapping[str, Any]]:
    """A list of objects given as JSON or as data."""
    read = _loaded(text) if isinstance(text, str) else text
    return [one for one in _list(read) if isinstance(one, Mapping)]


def statements(document: Any) -> Sequence[Statement]:
    """The statements of a document."""
    return _parsed(document) if isinstance(document, str) else _statements(document)


def allows(document: Any) -> list[Statement]:
    """The Allow statements of a document."""
    return [one for one in statements(document) if one.allows]


@lru_cache(maxsize=1024)
def _parsed(document: str) -> tuple[Statement, ...]:
    return _statements(_loaded(document))


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _statements(document: Any) -> tuple[Statement, ...]:
    found = document.get("Statement") if isinstance(document, Mapping) else None
    return tuple(_statement(one) for one in _list(found) if isinstance(one, Mapping))


def _statement(one: Mapping[str, Any]) -> Statement:
    return Statement(
        allows=str(one.get("Effect")).lower() == "allow",
        actions=_lower(one.get("Action")),
        all_actions_but=_lower(one.get("NotAction")),
        resources=_texts(one.get("Resource")),
        all_resources_but=_texts(one.get("NotResource")),
        principals=tuple(_principals(one.get("Principal"))),
        all_principals_but="NotPrincipal" in one,
        conditions=tuple(_conditions(one.get("Condition"))),
    )


def _principals(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for kind in value:
            for name in _texts(value[kind]):
                yield str(kind), name
    else:
        for name in _texts(value):
            yield "*", name


def _conditions(value: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The conditions of a block, or of a list of blocks."""
    for block in _list(value):
        for operator in block if isinstance(block, Mapping) else ():
            keys = block[operator]
            for key in keys if isinstance(keys, Mapping) else ():
                yield str(operator).lower(), str(key).lower(), _texts(keys[key])


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _texts(value: Any) -> tuple[str, ...]:
    """Values as texts, booleans in the lower case of JSON."""
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in _list(value))


def _lower(value: Any) -> tuple[str, ...]:
    return tuple(one.lower() for one in _texts(value))
