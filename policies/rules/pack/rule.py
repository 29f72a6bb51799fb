"""A rule: its slug, its level, what must hold in one sentence, what to type, and its predicate."""

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


def resource_rule(
    name: str,
    level: Level,
    types: str | Iterable[str],
    sentence: str,
    fix: str,
    *,
    holds: Callable[[Props], bool] | None = None,
    finds: Callable[[Resource, Configuration], Iterable[str]] | None = None,
) -> ResourceRule:
    """Make a rule about each resource of ``types`` by itself; no types means every resource.

    Give exactly one predicate: ``holds`` says whether the inputs are as they must be, ``finds`` yields
    what is wrong with the resource (where it is wrong, never a value).
    """
    if (holds is None) == (finds is None):
        raise TypeError(f"{name}: give either holds or finds")

    def found(one: Resource, config: Configuration) -> Iterable[str]:
        if finds is not None:
            return finds(one, config)
        return () if holds is None or holds(one.props) else ("",)

    return ResourceRule(name=name, level=level, types=_types(types), sentence=sentence, fix=fix, finds=found)


def stack_rule(
    name: str,
    level: Level,
    types: str | Iterable[str],
    sentence: str,
    fix: str,
    *,
    holds: Callable[[Resource, Stack], bool] | None = None,
    finds: Callable[[Resource, Stack], Iterable[str]] | None = None,
    stack_holds: Callable[[Stack], bool] | None = None,
) -> StackRule:
    """Make a rule about each resource of ``types`` among the others, or without types about the stack.

    Give exactly one predicate: ``holds`` says whether a resource is as it must be, ``finds`` yields what is
    wrong with it (where, never a value), ``stack_holds`` says whether the stack as a whole is.
    """
    if sum(predicate is not None for predicate in (holds, finds, stack_holds)) != 1:
        raise TypeError(f"{name}: give one of holds, finds and stack_holds")

    def found(one: Resource | None, stack: Stack) -> Iterable[str]:
        if stack_holds is not None:
            return () if stack_holds(stack) else ("",)
        if one is None:
            return ()
        if finds is not None:
            return finds(one, stack)
        return () if holds is None or holds(one, stack) else ("",)

    return StackRule(name=name, level=level, types=_types(types), sentence=sentence, fix=fix, finds=found)
