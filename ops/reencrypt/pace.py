"""No more rows a second than the operator allowed, over all workers together."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Hands out rows; whoever took too many waits before the next."""

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
        """Account for rows just written, and wait until they are paid for."""
        if not self._rows_per_s:
            return
        self._free_at = max(self._free_at, self._clock()) + rows / self._rows_per_s
        wait = self._free_at - self._clock()
        if wait > 0:
            self._sleep(wait)
