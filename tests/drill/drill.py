"""Kills re-encryption processes and terminates their sessions while writers write; no row may be lost."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, LiteralString

import psycopg

from encryption_keys import Cipher, Unreadable
from ops.core.exits import Exit, Stop
from ops.reencrypt.run import Run
from ops.reencrypt.session import APPLICATION_NAME, Database
from ops.reencrypt.target import Target
from ops.reencrypt.verification import Scan
from sandbox.postgresql import Server
from tests.drill.runner import Runner
from tests.drill.tables import COMPOSITE, ENTRIES, ROLE, TARGETS, TENANT, Table, create, read
from tests.drill.writers import MARK, Writers
from tests.ops.reencrypt.rows import NEW, RING, plan

ROWS, KILLS, TERMINATIONS, WRITES = 200_000, 30, 15, 20_000
RUNNERS: Final = 2
DATABASE: Final[LiteralString] = "drill"
SHARE: Final = 0.6
"""Share of the rows that are re-encrypted between the first and the last kill."""
STALLED_S: Final = 120
_TERMINATE: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = %s AND datname = current_database() ORDER BY md5(pid::text || %s) LIMIT 1
"""
_RERUN: Final = {Exit.DONE: "done", Exit.PARTLY: "rerun to resume", Exit.UNREACHABLE: "lost the database"}
_AT_WORK: Final = "another re-encryption is at work"
READ: Final = ("rows missing", "lost updates", "undecryptable", "under another key")
HARM: Final = (*READ, "writer errors", "ended otherwise")
"""Counts that must be 0."""


@dataclass
class Drill:
    """One drill on one server; ``scale`` 1 has all rows."""

    postgres: Server
    scale: float = 1.0
    endings: Counter[str] = field(default_factory=Counter)
    """The exit codes of the processes."""
    said: list[str] = field(default_factory=list)
    """The output of processes that ended with an unexpected exit code."""
    terminated: int = 0

    def __post_init__(self) -> None:
        self.rows = round(ROWS * self.scale)
        self._news = threading.Condition()
        self._runners: list[Runner] = []
        self._ended: list[Runner] = []

    def __call__(self) -> dict[str, int]:
        """Run the drill and return the counts."""
        self.postgres.create_database(DATABASE)
        with self._connect() as connection:
            keys = create(connection, DATABASE, self.rows)
        refused = self._refused()
        with Writers(self._connect, keys) as writers:
            self._disturb()
            writers.stop_straggler.set()
            self._wait(lambda: self._reap() == 0)
            # Rows that the writer with the old key wrote after the last pass; writers with the new key
            # continue.
            while self._alone() != Exit.DONE or (writers.writes < WRITES * self.scale and not writers.errors):
                pass
        scan = Scan(Database(self._dsn(ROLE)), RING, plan(targets=TARGETS))()
        return {
            "refused": refused,
            "killed": self.endings.pop("killed"),
            "sessions terminated": self.terminated,
            "runners": len(self._ended),
            **{f"runners: {name}": count for name, count in sorted(self.endings.items())},
            "renewed": sum(one.written for one in self._ended),
            "left to a quicker writer": sum(one.conflicts for one in self._ended),
            **{f"live writes: {name}": count for name, count in sorted(writers.kinds.items())},
            "rows with a new owner": writers.moves,
            "verified clean": int(scan.clean),
            **self._judge(keys, writers),
            "writer errors": len(writers.errors),
            "ended otherwise": len(self.said),
        }

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.postgres.dsn(DATABASE), autocommit=True)

    def _dsn(self, role: str) -> str:
        return self.postgres.dsn(DATABASE, user=role, password=role)

    def _refused(self) -> int:
        """Check what must be refused before a row is written: a composite key, rows that a policy hides."""

        def refuses(role: str, target: Target, code: Exit) -> bool:
            try:
                Run(Database(self._dsn(role)), RING, plan(targets=(target,)))()
            except Stop as stop:
                return stop.code == code
            return False

        return refuses(ROLE, COMPOSITE, Exit.BAD_INPUT) + refuses(TENANT, ENTRIES, Exit.REFUSED)

    def _disturb(self) -> None:
        """Kill processes and terminate sessions in random order, spread over the run."""
        counts = [max(1, round(count * self.scale)) for count in (KILLS, TERMINATIONS)]
        acts = [self._kill] * counts[0] + [self._terminate] * counts[1]
        Random(1).shuffle(acts)
        for act in acts:
            due = self._written() + self.rows * SHARE / len(acts)

            def ready(due: float = due) -> bool:
                self._reap()
                while len(self._runners) < RUNNERS:
                    self._start()
                return self._written() >= due

            self._wait(ready)
            act()

    def _start(self) -> Runner:
        # Every second process runs without range locks, which save work but are not needed for correctness.
        number = len(self._runners) + len(self._ended)
        runner = Runner.start(self._dsn(ROLE), self._heard, locked=number % 2 == 0)
        self._runners.append(runner)
        return runner

    def _heard(self) -> None:
        with self._news:
            self._news.notify_all()

    def _wait(self, ready: Callable[[], bool]) -> None:
        with self._news:
            if not self._news.wait_for(ready, STALLED_S):
                at_work = [(one.written, one.process.poll(), one.said) for one in self._runners]
                raise RuntimeError(f"no progress for {STALLED_S} s: {self.endings}, {at_work}")

    def _reap(self) -> int:
        """Record the exit codes of ended processes; return how many are running."""
        for one in [one for one in self._runners if one.ended]:
            self._runners.remove(one)
            self._ended.append(one)
            self._note(one)
        return len(self._runners)

    def _note(self, one: Runner) -> int:
        code = one.end()
        if code == -signal.SIGKILL:
            self.endings["killed"] += 1
        elif code in _RERUN:
            self.endings[_RERUN[Exit(code)]] += 1
        elif code == Exit.REFUSED and _AT_WORK in "".join(one.said):
            self.endings["sent away by another"] += 1
        else:
            self.said.append(f"exit {code}: {''.join(one.said)}")
        return code

    def _alone(self) -> int:
        """Run one process alone, to its end; return its exit code."""
        runner = self._start()
        self._wait(lambda: self._reap() == 0)
        return runner.end()

    def _judge(self, keys: Mapping[Table, Sequence[str]], writers: Writers) -> dict[str, int]:
        """Read every row with a keyring of the current key alone."""
        only, counts = Cipher(RING.only_current()), Counter[str]()
        with self._connect() as connection:
            for table, some in keys.items():
                counts["rows missing"] += len(some)
                for key, owner, value in read(connection, table):
                    counts["rows missing"] -= 1
                    counts["rows"] += 1
                    counts["under another key"] += not value.startswith(f"ENC2:{NEW}:")
                    try:
                        text = only.open(value, table.target.cell(owner)).plaintext
                    except Unreadable:
                        counts["undecryptable"] += 1
                    else:
                        expected = table.says(key) + MARK * writers.marks[table, key]
                        counts["lost updates"] += text != expected
        return {"rows": counts["rows"], **{name: counts[name] for name in READ}}

    def _written(self) -> int:
        return sum(one.written for one in [*self._runners, *self._ended])

    def _kill(self) -> None:
        """Kill the process that has written most rows, which is in the middle of its work."""
        victim = max(self._runners, key=lambda one: one.written)
        victim.process.kill()
        victim.end()
        self._reap()

    def _terminate(self) -> None:
        """Terminate the session of one of the processes, chosen at random."""
        with self._connect() as connection:
            found = connection.execute(_TERMINATE, [APPLICATION_NAME, str(self.terminated)]).fetchone()
        self.terminated += found == (True,)
