"""Parses IAM documents (text or dicts, single values or lists) into statements of one form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iam_documents.build import Document, Statement


@dataclass(frozen=True, slots=True)
class Element:
    """The values of an element, and whether it lists exceptions, as ``NotAction`` does."""

    values: tuple[str, ...]
    excepted: bool = False


@dataclass(frozen=True, slots=True)
class Principals:
    """Principals by type (``AWS``, ``Service``, ``Federated``); every principal is ``{"*": ("*",)}``."""

    by_type: Mapping[str, tuple[str, ...]]
    excepted: bool = False

    def of(self, kind: str) -> tuple[str, ...]:
        """The principals of one type."""
        return self.by_type.get(kind, ())

    @property
    def everybody(self) -> bool:
        """Whether the element is ``*``."""
        return "*" in self.of("*")

    @property
    def all(self) -> list[str]:
        """The principals of every type."""
        return [one for values in self.by_type.values() for one in values]


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one condition key, with its values."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """One statement; an element that the document leaves out is None."""

    sid: str
    effect: str
    principals: Principals
    actions: Element | None
    resources: Element | None
    conditions: tuple[Condition, ...]


def parse(document: str | Document) -> Document:
    """A document that AWS returned as JSON text or as parsed JSON."""
    return json.loads(document) if isinstance(document, str) else document


def statements(document: str | Document) -> list[ParsedStatement]:
    """The statements of a document, in their order."""
    return [_statement(one) for one in _listed(parse(document).get("Statement"))]


def _statement(given: Statement) -> ParsedStatement:
    return ParsedStatement(
        sid=given.get("Sid", ""),
        effect=given["Effect"],
        principals=_principals(given),
        actions=_element(given, "Action"),
        resources=_element(given, "Resource"),
        conditions=tuple(
            Condition(operator, key, _texts(wanted))
            for operator, block in given.get("Condition", {}).items()
            for key, wanted in block.items()
        ),
    )


def _element(given: Statement, name: str) -> Element | None:
    if name in given:
        return Element(_texts(given[name]))
    if f"Not{name}" in given:
        return Element(_texts(given[f"Not{name}"]), excepted=True)
    return None


def _principals(given: Statement) -> Principals:
    excepted = "NotPrincipal" in given
    named = given.get("NotPrincipal" if excepted else "Principal")
    if isinstance(named, Mapping):
        return Principals({kind: _texts(who) for kind, who in named.items()}, excepted)
    return Principals({"*": _texts(named)} if named is not None else {}, excepted)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in _listed(values))


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)
