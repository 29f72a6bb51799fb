"""Parses IAM documents into statements of one form, for each spelling that AWS accepts.

The program parses IAM documents with its package ``iam_documents``, and the pack does so here: the engine
runs the pack in a process of its own, with the pack's folder as ``sys.path[0]`` and without the program on
the path, so the pack cannot import the program.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


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
    """Triples of operator, lower-case key and values."""

    @property
    def anywhere(self) -> bool:
        """Whether it applies to every resource."""
        return "*" in self.resources or bool(self.all_resources_but)

    @property
    def anybody(self) -> bool:
        """Whether it applies to every principal."""
        return self.all_principals_but or any(name == "*" for _, name in self.principals)

    @property
    def unconstrained(self) -> bool:
        """Whether it is an Allow on every resource without a condition."""
        return self.allows and self.anywhere and not self.conditions

    def covers(self, action: str) -> bool:
        """Whether it applies to this action, with wildcards and NotAction."""
        action = action.lower()
        if self.all_actions_but:
            return not any(fnmatchcase(action, pattern) for pattern in self.all_actions_but)
        return any(fnmatchcase(action, pattern) for pattern in self.actions)

    def condition(self, *keys: str) -> tuple[str, ...]:
        """The values of conditions on any of ``keys``, except ``...IfExists`` and negated operators."""
        wanted = {key.lower() for key in keys}
        return tuple(
            value
            for operator, key, values in self.conditions
            if key in wanted and _requires(operator)
            for value in values
        )

    def pins(self, *keys: str) -> bool:
        """Whether a condition requires one of ``keys`` to have a value other than ``*``."""
        found = self.condition(*keys)
        return bool(found) and "*" not in found


def _requires(operator: str) -> bool:
    plain = operator.lower()
    return not (
        plain.startswith("forallvalues:") or plain.endswith("ifexists") or "not" in plain or plain == "null"
    )


def parse(document: Any) -> Mapping[str, Any]:
    """A document given as JSON or as data; an empty mapping for anything else."""
    if isinstance(document, Mapping):
        return document
    try:
        read = json.loads(document) if isinstance(document, str) else None
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def parse_list(text: Any) -> list[Mapping[str, Any]]:
    """A list of objects given as JSON or as data."""
    try:
        read = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return []
    return [one for one in _list(read) if isinstance(one, Mapping)]


def statements(document: Any) -> list[Statement]:
    """The statements of a document."""
    found = parse(document).get("Statement")
    return [_statement(one) for one in _list(found) if isinstance(one, Mapping)]


def allows(document: Any) -> list[Statement]:
    """The Allow statements of a document."""
    return [one for one in statements(document) if one.allows]


def allows_everyone(document: Any) -> bool:
    """Whether a document has an Allow for every principal."""
    return any(one.anybody for one in allows(document))


def allows_everyone_unconditionally(document: Any) -> bool:
    """Whether a document has an Allow for every principal without a condition."""
    return any(one.anybody and not one.conditions for one in allows(document))


def requires_tls(document: Any) -> bool:
    """Whether a resource policy denies requests without TLS to every principal."""
    return any(
        not one.allows and one.anybody and "false" in one.condition("aws:SecureTransport")
        for one in statements(document)
    )


def _statement(one: Mapping[str, Any]) -> Statement:
    return Statement(
        allows=one.get("Effect") == "Allow",
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
                yield kind, name
    elif value is not None:
        yield "*", str(value)


def _conditions(value: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if isinstance(value, Mapping):
        for operator in value:
            for key in value[operator]:
                yield operator, key.lower(), _texts(value[operator][key])


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in _list(value))


def _lower(value: Any) -> tuple[str, ...]:
    return tuple(one.lower() for one in _texts(value))
