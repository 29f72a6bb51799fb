"""Serves the pack to the engine; constructing ``PolicyPack`` never returns, so nothing imports this."""

import gc

from pulumi_policy import EnforcementLevel, PolicyPack
from rules.pack.pack import load

# A large stack is millions of objects that live until it is judged: looking for garbage among them took half
# as long again (`make bench`).
gc.set_threshold(100_000, 50, 100)
PolicyPack(name="strongroom", policies=load(), enforcement_level=EnforcementLevel.MANDATORY)
