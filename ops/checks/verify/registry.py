"""Every check has a slug that no other has, the acceptance rows it answers for, and a place in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ops.core.aws_state import AwsState

BY_PROGRAM = "run `pulumi up`"
"""The remedy of whatever the program declares and AWS does not have."""


@dataclass(frozen=True)
class Problem:
    """What one check has to say about one subject."""

    subject: str
    problem: str
    remedy: str
    requirements: tuple[str, ...] = ()
    """The rows it is about, where those are fewer than its check's."""


Function = Callable[[AwsState], Iterator[Problem]]


@dataclass(frozen=True)
class Check:
    """One small question to a running stack."""

    slug: str
    requirements: tuple[str, ...]
    """Everything it may speak against."""
    ask: Function


REGISTRY: dict[str, Check] = {}


def check(slug: str, *requirements: str) -> Callable[[Function], Function]:
    """Register a function that yields one :class:`Problem` for everything that is wrong."""

    def register(ask: Function) -> Function:
        if slug in REGISTRY:
            raise ValueError(f"two checks are called {slug}")
        REGISTRY[slug] = Check(slug, requirements, ask)
        return ask

    return register
