"""Compliant inputs and single slips, one module a concern, for ``test_rules.py``."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.pack.config import Configuration

from tests.policies.judge import STRICT, Entry
from tests.policies.ours import TYPES, ours


@dataclass(frozen=True)
class Slip:
    """A change to compliant inputs of ``type``, and exactly the rules it breaks (none: it is fine)."""

    rules: frozenset[str]
    type: str
    change: Mapping[str, Any]
    config: Configuration = STRICT
    context: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{'+'.join(sorted(self.rules)) or 'fine'}-{'-'.join(self.change) or 'as-is'}"


@dataclass(frozen=True)
class StackSlip:
    """Entries put into (None: taken out of) a compliant stack, and exactly the stack rules that breaks."""

    rules: frozenset[str]
    stack: str
    change: Mapping[str, Entry | None]
    config: Configuration = STRICT

    def __str__(self) -> str:
        return f"{'+'.join(sorted(self.rules)) or 'fine'}-{'-'.join(self.change) or 'as-is'}"


def slip(
    rules: str, type_: str, config: Configuration = STRICT, context: Any = None, /, **change: Any
) -> Slip:
    """``rules`` separated by spaces, then what is changed; a property of None is absent."""
    return Slip(frozenset(rules.split()), type_, change, config, context or {})


def fine(type_: str, config: Configuration = STRICT, context: Any = None, /, **change: Any) -> Slip:
    """A change that breaks nothing."""
    return slip("", type_, config, context, **change)


def stack_slip(
    rules: str, stack: str, change: Mapping[str, Entry | None], config: Configuration = STRICT
) -> StackSlip:
    """``rules`` separated by spaces, then which entries of the named stack change."""
    return StackSlip(frozenset(rules.split()), stack, change, config)


def modules() -> Iterator[Any]:
    """Every module of cases."""
    for found in pkgutil.iter_modules(__path__, f"{__name__}."):
        yield importlib.import_module(found.name)


def compliant() -> dict[str, Mapping[str, Any]]:
    """Compliant inputs by type: our own components' where we have one, written by hand elsewhere."""
    by_hand = {key: value for module in modules() for key, value in getattr(module, "COMPLIANT", {}).items()}
    return by_hand | {type_: ours(type_) for type_ in TYPES}


def slips() -> list[Slip]:
    """Every slip of one resource."""
    return [one for module in modules() for one in getattr(module, "SLIPS", ())]


def stacks() -> dict[str, Mapping[str, Entry]]:
    """Compliant stacks by name."""
    return {key: value for module in modules() for key, value in getattr(module, "STACKS", {}).items()}


def stack_slips() -> list[StackSlip]:
    """Every slip of a stack."""
    return [one for module in modules() for one in getattr(module, "STACK_SLIPS", ())]
