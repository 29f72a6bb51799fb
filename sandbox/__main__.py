"""Runs the command line."""

import gc
import os
import sys

from sandbox.cli import main

COLLECT_AFTER = 100_000  # objects; see run


def run() -> None:
    """Run the command and end the process.

    A run makes some 800,000 objects that live to its end. To look for garbage among them takes a quarter
    of its time, and to free them one by one three seconds more, so neither is done.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 50, 100)
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
