"""Writers to a table that is being re-encrypted, some of which still use the old key."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Self

import psycopg

from encryption_keys import Cipher
from tests.ops.reencrypt.rows import cell


class WriterThreads:
    """Threads that write until the context ends."""

    stop: threading.Event
    _threads: list[threading.Thread]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join()


class Writers(WriterThreads):
    """Two threads that write with the new key and two with the old one, each to rows of its own.

    They append a mark to a random row again and again, as the application would.
    """

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection],
        keys: list[uuid.UUID],
        old: Cipher,
        new: Cipher,
        *,
        pause_s: float = 0,
    ) -> None:
        self._connect, self._old, self._new, self._pause_s = connect, old, new, pause_s
        self.marks: Counter[uuid.UUID] = Counter()
        self.late = 0
        self.errors: list[str] = []
        self.stop, self.stop_stragglers = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(keys[n::4], bool(n % 2), Random(n))) for n in range(4)
        ]

    def _write(self, keys: list[uuid.UUID], straggler: bool, random: Random) -> None:
        with self._connect() as connection:
            while not self.stop.is_set():
                key = random.choice(keys)
                try:
                    with connection.transaction():
                        query = "SELECT content FROM lib_entries WHERE id = %s FOR UPDATE"
                        (stored,) = connection.execute(query, [key]).fetchone() or ("",)
                        text = self._new.open(stored, cell(key)).plaintext + b"+"
                        late = straggler and not self.stop_stragglers.is_set()
                        fresh = self._old.seal_legacy(text) if late else self._new.seal(text, cell(key))
                        connection.execute("UPDATE lib_entries SET content = %s WHERE id = %s", [fresh, key])
                    self.marks[key] += 1
                    self.late += late
                    time.sleep(self._pause_s)
                except Exception as problem:
                    self.errors.append(repr(problem))
