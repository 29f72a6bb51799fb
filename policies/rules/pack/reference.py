"""The policy reference, rendered from the rules: ``make docs`` writes it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rules import ALL, SECTIONS
from rules.pack.rule import Level, Rule

PAGE = Path(__file__).resolve().parents[3] / "docs" / "policies.md"
_SHORT = {Level.MANDATORY: "M", Level.PRODUCTION: "P", Level.ADVISORY: "A"}
_HEAD = """# The policy pack

*Generated from the rules by `make docs`; a test compares. Edit the rules, not this.*

{count} rules judge every resource before it is created and the whole stack at the end: {M} mandatory (M),
{P} mandatory in production and advisory elsewhere (P), {A} advisory (A). A message names the resource,
what is wrong and what to type; it never holds a value.

- **Run it**: `pulumi preview --policy-pack policies` (or `up`). The stack's `strongroom:environment` decides
  whether P is mandatory.
- **Tell it what the stack declares** (secret names, SSH addresses, calls, tags, account):
  `python -m settings.policy_config --stack prod > prod.json`, then add `--policy-pack-config prod.json`.
  The sandbox does this by itself. Ceilings that no stack file has: `instanceClasses`, `storageGib`,
  `natGateways`.
- **Values that are not known yet**: a rule that would need one is listed by `own-unknown-visible` as not
  evaluated yet. It is judged before the resource is created; in an update an unjudged rule is mandatory.
- **Exemptions** live in `policies/exemptions.yaml` with reason, owner and date; one that is expired, too wide
  or no longer needed is a finding itself (`own-exemption-audit`).
- **Not in the pack**: whether two environments share a value (`ops verify --against` compares fingerprints).
"""


def render() -> str:
    """The page."""
    levels = Counter(_SHORT[rule.level] for rule in ALL)
    page = _HEAD.format(count=len(ALL), **levels)
    for title, rules in SECTIONS.items():
        page += f"\n## {title}\n\n| rule | level | what holds | what to type |\n|---|---|---|---|\n"
        page += "".join(f"{_row(rule)}\n" for rule in rules)
    return page


def _row(rule: Rule) -> str:
    cells = (f"`{rule.name}`", _SHORT[rule.level], rule.sentence, rule.fix)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
