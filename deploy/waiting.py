"""Asks AWS again until something has ended, for a limited time, with a line for each change."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import transient, words

T = TypeVar("T")


def say(line: str) -> None:
    """Print a line at once: pipelines buffer."""
    print(line, flush=True)


def complain(line: str) -> None:
    """Print a line to standard error at once."""
    print(line, file=sys.stderr, flush=True)


@dataclass
class Wait:
    """How long and how often to ask."""

    timeout_s: float
    pause_s: float = 10
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    now: Callable[[], float] = field(default=time.monotonic, repr=False)

    def until(self, ask: Callable[[], tuple[T | None, str]]) -> T | None:
        """What ``ask`` found in the end, or None when time is up.

        ``ask`` returns what it found, None if it is not there yet, and the present state, which is printed
        when it changes. A call that AWS throttles, or that does not reach AWS, is made again.
        """
        end, shown = self.now() + self.timeout_s, ""
        while True:
            try:
                found, state = ask()
            except (ClientError, BotoCoreError) as error:
                if not transient(error):
                    raise
                found, state = None, f"asking again: {words(error)}"
            if state != shown:
                say(state)
                shown = state
            if found is not None:
                return found
            if self.now() >= end:
                return None
            self.sleep(self.pause_s)
