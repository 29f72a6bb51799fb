"""Renews one range of a column after another, page by page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from psycopg import Connection

from encryption_keys import NotReadBack, Ring
from ops.core.exits import Exit, Stop
from ops.reencrypt.page import Bounds, Renewed, Work
from ops.reencrypt.plan import Plan
from ops.reencrypt.records.encryptions import Encryptions
from ops.reencrypt.records.ranges import hold
from ops.reencrypt.session import BUSY, LOST, Database, LastingSession, refusals
from ops.reencrypt.target import Column
from ops.reencrypt.workers.tally import Tally
from ops.reencrypt.write import Written, write_page


class PageDone(NamedTuple):
    """What a worker says after every page."""

    seen: int
    written: int


GoOn = Callable[[PageDone], bool]
"""Takes what a page did, and says whether the worker may go on with the next."""


@dataclass
class _Part:
    """How far the worker has come in its range."""

    bounds: Bounds
    above: str | None
    tally: Tally = field(default_factory=Tally)
    ended: bool = False


class Worker:
    """Works with a session of its own; what it raises is a :class:`Stop`, which quotes no row."""

    def __init__(self, database: Database, ring: Ring, plan: Plan) -> None:
        self._session, self._ring, self._plan = LastingSession(database), ring, plan
        self._encryptions = Encryptions(plan.inventory.secret, ring)

    def renew(self, column: Column, bounds: Bounds, go_on: GoOn) -> Tally:
        """One range to its end, or to the page after which it may not go on."""
        plan = self._plan
        work = Work(
            column=column,
            ring=self._ring,
            form=plan.form(column.target),
            encrypt_plaintext=plan.encrypt_plaintext,
            page_rows=plan.page_rows,
            page_bytes=plan.bytes_per_worker,
        )
        part = _Part(bounds, bounds.above)
        with refusals():
            try:
                self._session.run(partial(self._range, work=work, part=part, go_on=go_on))
            except NotReadBack as problem:
                raise Stop(Exit.FINDING, f"{column}: {problem}; nothing of its page was written") from None
        return part.tally

    def finish(self) -> None:
        """Return unused reserved encryptions, and close the session."""
        with closing(self._session), suppress(*BUSY, *LOST):
            # Once: nobody knows whether an attempt counted whose answer was lost. What is not given back
            # stays counted.
            if self._session.connection and self._encryptions.unused:
                self._encryptions.give_back(self._session.connection)

    def _range(self, connection: Connection[Any], *, work: Work, part: _Part, go_on: GoOn) -> None:
        """Called again after a lost connection, it goes on where it was."""
        with hold(connection, work.column, part.bounds) as held:
            if self._plan.locked and not held:
                part.tally.busy += 1
                return
            while not part.ended and (rows := work.read(connection, Bounds(part.above, part.bounds.upto))):
                candidates = sum(value is not None for _, _, value in rows)
                self._encryptions.reserve(connection, candidates)
                renewed = work.renew(rows)
                _refuse_newer(work, renewed)
                try:
                    written = write_page(connection, work.column, renewed)
                except BUSY:
                    written = Written(0, [])  # all of them are found again by the next pass
                page = Tally.of_page(renewed, written)
                self._encryptions.return_unused(candidates - len(renewed.keys))
                part.tally.add(page)
                part.above = rows[-1][0]
                part.ended = not go_on(PageDone(len(rows), page.written))


def _refuse_newer(work: Work, page: Renewed) -> None:
    """Rows under a newer key say that the ring is out of date: nothing may go back to its current key."""
    if not page.newer:
        return
    keys = {key.kid: key.generation for key in work.ring.keys}
    named = ", ".join(f"{kid} (generation {keys[kid]})" for kid in page.newer)
    current = work.ring.current
    raise Stop(
        Exit.REFUSED,
        f"{work.column}: rows are under {named}, newer than {current.kid} (generation "
        f"{current.generation}), which is current in this key ring: it is out of date; give the one in "
        "the store. No row of this page was written",
    )
