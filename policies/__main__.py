"""Serves the policy pack to the engine. The constructor ``PolicyPack`` never returns: do not import this."""

import gc

from pulumi_policy import EnforcementLevel, PolicyPack
from rules.pack.pack import load

# A large stack has millions of objects that live until they are evaluated: with Python's default thresholds
# the garbage collector took a third of the time (`make bench`).
gc.set_threshold(100_000, 50, 100)
PolicyPack(name="strongroom", policies=load(), enforcement_level=EnforcementLevel.MANDATORY)
