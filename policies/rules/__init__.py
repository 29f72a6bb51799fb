"""The rules of the policy pack, collected from the packages that hold them."""

from rules import aws, strongroom
from rules.pack.rule import Rule

SECTIONS = {**aws.SECTIONS, **strongroom.SECTIONS}
"""Rules by section title, in the order of docs/policies.md."""
ALL: list[Rule] = [*aws.RULES, *strongroom.RULES]
