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
from tests.ops.model.faults import KINDS, Fault
from tests.ops.model.running_stack import CHECKOUTS
from tests.ops.model.stack_files import RINGS, SECRETS

Kind = Literal["rotate", "retire", "incident", "resume", "up"]


@dataclass(frozen=True)
class Command:
    """One command line, from one checkout."""

    kind: Kind
    key: str
    checkout: str
    compromised: bool = False
    without_backups: bool = False
    resume: bool = False
    order: int = 0
    """Which of the orders an update takes that Pulumi may take."""


points = st.integers(0, 60)
faults = st.none() | st.builds(Fault, points, st.sampled_from(KINDS))
files = st.sampled_from(("newest", "newest", "latest", "own"))
"""What the checkout has: what the program accepted last, what was committed last, or what it had before."""
checkouts = st.sampled_from(CHECKOUTS)
keys = st.sampled_from(SECRETS)
orders = st.integers(0, 7)
KIND: tuple[Kind, ...] = ("rotate", "retire", "incident", "resume", "up")
commands = st.builds(
    Command,
    kind=st.sampled_from(KIND),
    key=keys,
    checkout=checkouts,
    compromised=st.booleans(),
    without_backups=st.booleans(),
    order=orders,
)


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
