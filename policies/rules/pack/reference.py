"""Renders docs/policies.md from the rules; ``make docs`` writes it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rules import ALL, SECTIONS
from rules.pack.rule import Level, Rule

PAGE = Path(__file__).resolve().parents[3] / "docs" / "policies.md"
_SHORT = {Level.MANDATORY: "M", Level.PRODUCTION: "P", Level.ADVISORY: "A"}
_HEAD = """# The policy pack

*Generated from the rules by `make docs`; a test compares. Edit the rules, not this page.*

{count} rules check every resource before it is created, and the whole stack at the end: {M} mandatory (M),
{P} mandatory in production and advisory elsewhere (P), {A} advisory (A). A message names the resource, what
is wrong and what to do; it never contains a property value.

- **Run it**: `pulumi preview --policy-pack policies` (or `up`). The stack's `strongroom:environment` decides
  whether P is mandatory.
- **Configure it** with what the stack declares (secret names, SSH addresses, calls, tags, account):
  `python -m settings.policy_config --stack prod > prod.json`, then add `--policy-pack-config prod.json`.
  The sandbox does this by itself. Size limits are not in a stack file; set `instanceClasses`, `storageGib`
  and `natGateways` in the JSON file.
- **Unknown values**: a rule that needs a value that is not known yet is listed by `own-unknown-visible`. It
  is evaluated before the resource is created; in an update a rule that was not evaluated is mandatory.
- **Exemptions** are in `policies/exemptions.yaml`, each with reason, owner and end date; one that has
  expired, is too wide or is not used is itself a finding (`own-exemption-audit`).
- **Requirements**: the last column has the codes that a rule enforces. They are the tags of the policy in
  Pulumi, and `requirements` of a finding in the sandbox's `--json` report; no message contains them.
- **Not in the pack**: whether two environments share a value (`ops verify --against` compares fingerprints).
"""

_HEADER = "| rule | level | what must hold | what to do | requirements |\n|---|---|---|---|---|\n"


def render() -> str:
    """The page."""
    levels = Counter(_SHORT[rule.level] for rule in ALL)
    page = _HEAD.format(count=len(ALL), **levels)
    for title, rules in SECTIONS.items():
        page += f"\n## {title}\n\n{_HEADER}"
        page += "".join(f"{_row(rule)}\n" for rule in rules)
    return page


def _row(rule: Rule) -> str:
    cells = (f"`{rule.name}`", _SHORT[rule.level], rule.sentence, rule.fix, ", ".join(rule.requirements))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
