"""The registry of checks, by slug, each with the codes of its requirements (docs/requirements.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ops.core.aws_state import AwsState

BY_PROGRAM = "run `pulumi up`"
"""The remedy for everything that the program creates or sets."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one resource, and what to do."""

    subject: str
    problem: str
    remedy: str
    requirements: tuple[str, ...] = ()
    """The requirements that are not met, where they are fewer than the check's."""
    unanswered: bool = False
    """Whether one of the check's calls failed, while it made the others."""


ATTACHED = "attached"
"""The first word of the slugs of checks of what is attached to the resources of one service."""
Function = Callable[[AwsState], Iterator[Problem]]


@dataclass(frozen=True)
class Check:
    """One check of a running stack."""

    slug: str
    requirements: tuple[str, ...]
    """Codes of all requirements that its findings can be about."""
    ask: Function

    @property
    def subject(self) -> str:
        """What it is about, by its slug; checks of one subject run one after the other."""
        first, _, _ = self.slug.partition("-")
        return self.slug if first == ATTACHED else first


REGISTRY: dict[str, Check] = {}


def check(slug: str, *requirements: str) -> Callable[[Function], Function]:
    """Register a function that yields one :class:`Problem` for everything that is wrong."""

    def register(ask: Function) -> Function:
        if slug in REGISTRY:
            raise ValueError(f"two checks are called {slug}")
        REGISTRY[slug] = Check(slug, requirements, ask)
        return ask

    return register
