"""The shape of a rule: a slug, a level, what must hold in one sentence, how to mend it, and its judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from rules.pack.properties import Props

if TYPE_CHECKING:
    from rules.pack.config import Configuration
    from rules.pack.graph import Stack


class Level(Enum):
    """How much a finding weighs."""

    MANDATORY = "mandatory"
    PRODUCTION = "mandatory in production, advisory elsewhere"
    ADVISORY = "advisory"


EVERY_TYPE = "*"
"""Among a stack rule's types: it judges each resource, whatever its type."""
M, P, A = Level.MANDATORY, Level.PRODUCTION, Level.ADVISORY


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource as a rule sees it: inputs before it is created, outputs at the end of a run."""

    type: str
    name: str
    urn: str
    props: Props = field(repr=False)
    protect: bool = False
    ignore_changes: Sequence[str] = ()
    provider: Props | None = field(default=None, repr=False)
    parent: str = ""
    needs: Mapping[str, Sequence[Resource]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule says about itself. No text of a rule ever holds a property's value."""

    name: str
    level: Level
    types: frozenset[str]
    sentence: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """Judges one resource by itself; ``types`` empty means every resource."""

    finds: Callable[[Resource, Configuration], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """Judges a resource by its neighbours, or (``types`` empty, subject None) the stack as a whole."""

    finds: Callable[[Resource | None, Stack], Iterable[str]]


def _types(types: str | Iterable[str]) -> frozenset[str]:
    return frozenset([types] if isinstance(types, str) else types)


def require(
    name: str,
    level: Level,
    types: str | Iterable[str],
    sentence: str,
    fix: str,
    holds: Callable[[Props], bool],
) -> ResourceRule:
    """Demand that ``holds`` is true of the inputs of every resource of ``types``."""
    return inspect(name, level, types, sentence, fix, lambda one, _: () if holds(one.props) else ("",))


def inspect(
    name: str,
    level: Level,
    types: str | Iterable[str],
    sentence: str,
    fix: str,
    finds: Callable[[Resource, Configuration], Iterable[str]],
) -> ResourceRule:
    """Demand that ``finds`` yields nothing; what it yields says where, never a value."""
    return ResourceRule(name=name, level=level, types=_types(types), sentence=sentence, fix=fix, finds=finds)


def relate(
    name: str,
    level: Level,
    types: str | Iterable[str],
    sentence: str,
    fix: str,
    holds: Callable[[Resource, Stack], bool],
) -> StackRule:
    """Demand that ``holds`` is true of every resource of ``types`` among its neighbours."""
    return trace(name, level, types, sentence, fix, lambda one, stack: () if holds(one, stack) else ("",))


def trace(
    name: str,
    level: Level,
    types: str | Iterable[str],
    sentence: str,
    fix: str,
    found: Callable[[Resource, Stack], Iterable[str]],
) -> StackRule:
    """Demand that ``found`` yields nothing for any resource of ``types``; what it yields says where."""

    def finds(one: Resource | None, stack: Stack) -> Iterable[str]:
        return () if one is None else found(one, stack)

    return StackRule(name=name, level=level, types=_types(types), sentence=sentence, fix=fix, finds=finds)


def survey(name: str, level: Level, sentence: str, fix: str, holds: Callable[[Stack], bool]) -> StackRule:
    """Demand that ``holds`` is true of the stack as a whole."""

    def finds(_: Resource | None, stack: Stack) -> Iterable[str]:
        return () if holds(stack) else ("",)

    return StackRule(name=name, level=level, types=frozenset(), sentence=sentence, fix=fix, finds=finds)
