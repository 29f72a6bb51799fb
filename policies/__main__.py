"""Serves the pack to the engine; constructing ``PolicyPack`` never returns, so nothing imports this."""

from pulumi_policy import EnforcementLevel, PolicyPack
from rules.pack import load

PolicyPack(name="strongroom", policies=load(), enforcement_level=EnforcementLevel.MANDATORY)
