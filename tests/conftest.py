"""Settings and fixtures that all tests share."""

import gc

from tests.postgres import postgres as postgres

# Whole stacks are declared hundreds of times; frequent garbage collection would take a fifth of the time.
gc.set_threshold(100_000, 50, 100)
