"""The commands that operators and pipelines run, as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from ops.core.context import StackContext
from ops.core.exits import Exit
from ops.incident import run as incidents
from ops.rotation import retire as retirement
from ops.rotation import rotate as rotation
from tests.ops.model.application import Application
from tests.ops.model.database import FakeDatabase
from tests.ops.model.points import KINDS, Point
from tests.ops.model.points import Kind as FaultKind
from tests.ops.model.running_stack import CHECKOUTS
from tests.ops.model.stack_files import RINGS, SECRETS

Kind = Literal["rotate", "retire", "incident", "up"]
LENGTHS = {"rotate": 34, "compromised": 60, "retire": 62, "incident": 222, "up": 16}
"""How many points a command has at most: those of its faults are drawn below."""

BOUNDARIES: tuple[Point, ...] = (
    0,
    "record written",
    ": edited",
    ": updated",
    ": proven",
    ": done",
    "closed",
    "kept",
)
"""The first write, and the boundaries that are drawn as often as all other points together."""


@dataclass(frozen=True)
class Command:
    """One command line, from one checkout."""

    kind: Kind
    key: str
    checkout: str
    file: str
    """What the checkout has: what the program accepted last, what was committed last, or what it had."""
    resume: bool = False
    """Resume what is open, whatever it is; where nothing is open, begin."""
    compromised: bool = False
    without_backups: bool = False
    order: int = 0
    """Which of the orders an update takes that Pulumi may take."""
    point: Point = 0
    """Where its fault is, or where somebody else's command runs."""
    fault: FaultKind | None = None

    @property
    def at(self) -> Point:
        """The point, so that most commands come to it."""
        if isinstance(self.point, str):
            return self.point
        compromised = self.kind == "rotate" and self.compromised
        return self.point % LENGTHS["compromised" if compromised else self.kind]


@dataclass(frozen=True)
class Together:
    """A command, and those that somebody else runs in the middle of it."""

    first: Command
    others: list[Command]
    same_key: bool


@dataclass(frozen=True)
class Edit:
    """A change of a stack file by hand, which the next update refuses."""

    key: str
    checkout: str
    how: Literal["lower", "raise", "revoke"]


@dataclass(frozen=True)
class Pull:
    """Get some text that was committed, the newest or an older one."""

    checkout: str
    back: int


checkouts, keys = st.sampled_from(CHECKOUTS), st.sampled_from(SECRETS)
commands = st.builds(
    Command,
    kind=st.sampled_from(("rotate", "rotate", "rotate", "retire", "retire", "incident", "up")),
    key=keys,
    checkout=checkouts,
    file=st.sampled_from(("newest", "newest", "latest", "own")),
    resume=st.sampled_from((True, True, False)),
    compromised=st.booleans(),
    without_backups=st.booleans(),
    order=st.integers(0, 7),
    point=st.one_of(st.integers(0, 1000), st.sampled_from(BOUNDARIES)),
    fault=st.sampled_from((None, None, *KINDS)),
)
together = st.builds(
    Together,
    first=commands,
    others=st.lists(commands, min_size=1, max_size=2),
    same_key=st.booleans(),
)
edits = st.builds(
    Edit, key=keys, checkout=checkouts, how=st.sampled_from(("lower", "raise", "revoke"))
) | st.builds(Pull, checkout=checkouts, back=st.integers(0, 12))


def work_of(command: Command, application: Application) -> Callable[[StackContext], Exit]:
    """What the command does, as its command line calls it."""
    key, resume = command.key, command.resume
    match command.kind:
        case "rotate":
            how = rotation.How(write=True, compromised=command.compromised, accept_outage=True, resume=resume)
            return lambda context: rotation.rotate(context, key, how)
        case "retire":
            retire = retirement.How(
                write=True,
                connect=FakeDatabase(application),
                token_minutes=0,
                without_backups=command.without_backups,
                resume=resume,
            )
            return lambda context: retirement.retire(context, key, retire)
        case _:
            everything = incidents.How(write=True, accept_outage=True, again=True)
            return lambda context: incidents.incident(context, everything)


def given_up(command: Command, application: Application) -> set[str]:
    """The keys that the operator gives up by ``--without-backups``."""
    if command.kind != "retire" or not command.without_backups or command.resume or command.key not in RINGS:
        return set()
    return {one.kid for one in application.stack.ring(command.key).keys if one.status == "decrypt-only"}
