"""Ends, fails or interrupts a command at one of its points, and lets another command run there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from botocore.exceptions import ReadTimeoutError

from ops.core.exits import Exit
from tests.ops.model.aws.account import refused

Kind = Literal["kill", "interrupt", "denied", "timeout", "sent twice"]
KINDS: tuple[Kind, ...] = ("kill", "interrupt", "denied", "timeout", "sent twice")
Point = int | str
"""The number of a point, or the end of a boundary's name."""
R = TypeVar("R")


class Killed(BaseException):
    """The process ends here: no handler of the program sees it."""


@dataclass(frozen=True)
class Fault:
    """What happens to a command at one of its points: before and after each write, and at each boundary."""

    point: Point
    kind: Kind


@dataclass
class Run:
    """One command under way."""

    values: dict[str, str]
    """Every value in the store when it began."""
    fault: Fault | None = None
    meanwhile: tuple[Point, Callable[[], Any]] | None = None
    """What somebody else does at one of its points; None once it was done."""
    passed: int = 0
    """The number of points that it passed."""
    began: str | None = None
    """The ID of the operation record that it wrote."""
    interleaved: bool = False
    """Whether somebody else's command ran in the middle of it."""

    def at(self, point: Point, name: str) -> bool:
        """Whether it is at this point, of this name."""
        return name.endswith(point) if isinstance(point, str) else point == self.passed


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: Exit | None
    """None where it was killed."""
    run: Run
    refused_by_program: bool = False


class Points:
    """The points of the commands under way, of which the last one is in the middle of another one's."""

    def __init__(self, look: Callable[[], None]) -> None:
        self.runs: list[Run] = []
        self._look = look
        """Called after each write."""

    def around(self, call: str, write: Callable[[], R]) -> R:
        """Carry out one write, as far as the fault lets it come."""
        self._at(call, before_write=True)
        result = write()
        self._look()
        if self._hit("sent twice", call):
            result = write()  # botocore sends it again: the first response was lost
        self._at(call, after_write=True)
        return result

    def boundary(self, name: str) -> None:
        """A boundary between two steps of a command."""
        self._at(name)

    def _at(self, name: str, *, before_write: bool = False, after_write: bool = False) -> None:
        if not self.runs:
            return
        run = self.runs[-1]
        if run.meanwhile and run.at(run.meanwhile[0], name):
            other, run.meanwhile, run.interleaved = run.meanwhile[1], None, True
            other()
        if self._hit("kill", name):
            raise Killed(name)
        if self._hit("interrupt", name):
            raise KeyboardInterrupt
        if before_write and self._hit("denied", name):
            raise refused("AccessDeniedException", name)
        if after_write and self._hit("timeout", name):
            raise ReadTimeoutError(endpoint_url="https://aws.example.com")
        run.passed += 1

    def _hit(self, kind: Kind, name: str) -> bool:
        run = self.runs[-1] if self.runs else None
        fault = run.fault if run else None
        return run is not None and fault is not None and fault.kind == kind and run.at(fault.point, name)
