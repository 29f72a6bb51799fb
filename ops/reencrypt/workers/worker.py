"""Re-encrypts ranges of a column, page by page."""

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
    """The rows that a worker has read and written in one page."""

    seen: int
    written: int


GoOn = Callable[[PageDone], bool]
"""Takes the result of a page, and returns whether the worker goes on."""


@dataclass
class _Part:
    """The progress of a worker in its range."""

    bounds: Bounds
    above: str | None
    tally: Tally = field(default_factory=Tally)
    ended: bool = False


class Worker:
    """Re-encrypts ranges in a database session of its own; raises :class:`Stop`, which quotes no row."""

    def __init__(self, database: Database, ring: Ring, plan: Plan) -> None:
        self._session, self._ring, self._plan = LastingSession(database), ring, plan
        self._encryptions = Encryptions(plan.inventory.secret, ring)

    def renew(self, column: Column, bounds: Bounds, go_on: GoOn) -> Tally:
        """Re-encrypt one range, until its end or until ``go_on`` returns False."""
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
            # Tried once: after a lost response it is unknown whether the statement had effect. Encryptions
            # that are not returned stay counted.
            if self._session.connection and self._encryptions.unused:
                self._encryptions.give_back(self._session.connection)

    def _range(self, connection: Connection[Any], *, work: Work, part: _Part, go_on: GoOn) -> None:
        """Re-encrypt the pages of a range; a call after a lost connection continues where it was."""
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
                    written = Written(0, [])  # the next pass finds all of its rows again
                page = Tally.of_page(renewed, written)
                self._encryptions.return_unused(candidates - len(renewed.keys))
                part.tally.add(page)
                part.above = rows[-1][0]
                part.ended = not go_on(PageDone(len(rows), page.written))


def _refuse_newer(work: Work, page: Renewed) -> None:
    """Refuse rows under a key newer than the current one: the keyring is out of date."""
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
