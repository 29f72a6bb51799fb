"""Compliant inputs, and changes that break rules ("slips"), one module per service, for ``test_rules.py``."""

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
    """A change to compliant inputs of ``type``, and the rules that it breaks, if any."""

    rules: frozenset[str]
    type: str
    change: Mapping[str, Any]
    config: Configuration = STRICT
    context: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{'+'.join(sorted(self.rules)) or 'fine'}-{'-'.join(self.change) or 'as-is'}"


@dataclass(frozen=True)
class StackSlip:
    """Resources added to a compliant stack, or removed (None), and the stack rules that this breaks."""

    rules: frozenset[str]
    stack: str
    change: Mapping[str, Entry | None]
    config: Configuration = STRICT

    def __str__(self) -> str:
        return f"{'+'.join(sorted(self.rules)) or 'fine'}-{'-'.join(self.change) or 'as-is'}"


def slip(
    rules: str, type_: str, config: Configuration = STRICT, context: Any = None, /, **change: Any
) -> Slip:
    """A slip: ``rules`` separated by spaces, and changed properties; None removes a property."""
    return Slip(frozenset(rules.split()), type_, change, config, context or {})


def fine(type_: str, config: Configuration = STRICT, context: Any = None, /, **change: Any) -> Slip:
    """A change that breaks no rule."""
    return slip("", type_, config, context, **change)


def stack_slip(
    rules: str, stack: str, change: Mapping[str, Entry | None], config: Configuration = STRICT
) -> StackSlip:
    """A slip of a stack: ``rules`` separated by spaces, and the changed resources of the named stack."""
    return StackSlip(frozenset(rules.split()), stack, change, config)


def modules() -> Iterator[Any]:
    """Every module of cases."""
    for found in pkgutil.iter_modules(__path__, f"{__name__}."):
        yield importlib.import_module(found.name)


def compliant() -> dict[str, Mapping[str, Any]]:
    """Compliant inputs by type: those of the program's components, else written by hand."""
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
