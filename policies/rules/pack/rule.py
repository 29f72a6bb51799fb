"""Defines a rule: its slug, level, invariant in one sentence, remedy, and predicate."""

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
    """The enforcement level of a rule."""

    MANDATORY = "mandatory"
    PRODUCTION = "mandatory in production, advisory elsewhere"
    ADVISORY = "advisory"


EVERY_TYPE = "*"
"""As a type of a stack rule: it applies to resources of every type."""
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
    """The data of every rule. No text of a rule contains a property value."""

    name: str
    level: Level
    types: frozenset[str]
    sentence: str
    fix: str
    requirements: tuple[str, ...] = ()
    """Codes of the requirements that the rule enforces; the policy's tags in Pulumi."""


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """Checks one resource alone; empty ``types`` means every resource."""

    finds: Callable[[Resource, Configuration], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """Checks a resource among all others, or (empty ``types``, subject None) the stack as a whole."""

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
    requirements: tuple[str, ...] = (),
) -> ResourceRule:
    """Make a rule about each resource of ``types`` alone; no types means every resource.

    Give exactly one predicate: ``holds`` returns whether the inputs are compliant, ``finds`` yields what
    is wrong with the resource (the property, never its value).
    """
    if (holds is None) == (finds is None):
        raise TypeError(f"{name}: give exactly one of holds and finds")

    def found(one: Resource, config: Configuration) -> Iterable[str]:
        if finds is not None:
            return finds(one, config)
        return () if holds is None or holds(one.props) else ("",)

    return ResourceRule(
        name=name,
        level=level,
        types=_types(types),
        sentence=sentence,
        fix=fix,
        finds=found,
        requirements=requirements,
    )


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
    requirements: tuple[str, ...] = (),
) -> StackRule:
    """Make a rule about each resource of ``types`` among the others, or without types about the stack.

    Give exactly one predicate: ``holds`` returns whether a resource is compliant, ``finds`` yields what is
    wrong with it (the property, never its value), ``stack_holds`` returns whether the stack is compliant.
    """
    if sum(predicate is not None for predicate in (holds, finds, stack_holds)) != 1:
        raise TypeError(f"{name}: give exactly one of holds, finds and stack_holds")

    def found(one: Resource | None, stack: Stack) -> Iterable[str]:
        if stack_holds is not None:
            return () if stack_holds(stack) else ("",)
        if one is None:
            return ()
        if finds is not None:
            return finds(one, stack)
        return () if holds is None or holds(one, stack) else ("",)

    return StackRule(
        name=name,
        level=level,
        types=_types(types),
        sentence=sentence,
        fix=fix,
        finds=found,
        requirements=requirements,
    )
