"""Limits the rows written per second, over all workers."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """A rate limiter in rows per second."""

    def __init__(
        self,
        rows_per_s: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._rows_per_s = rows_per_s
        self._clock = clock
        self._sleep = sleep
        self._free_at = clock()

    def spend(self, rows: int) -> None:
        """Count rows just written, and wait until the rate is below the limit."""
        if not self._rows_per_s:
            return
        self._free_at = max(self._free_at, self._clock()) + rows / self._rows_per_s
        wait = self._free_at - self._clock()
        if wait > 0:
            self._sleep(wait)
