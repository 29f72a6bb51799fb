"""What more than one part of the tests shares."""

import gc

from tests.postgres import postgres as postgres

# Whole stacks are declared hundreds of times: to look for garbage this often would take a fifth of the time.
gc.set_threshold(100_000, 50, 100)
