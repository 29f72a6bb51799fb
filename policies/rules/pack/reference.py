"""Renders docs/policies.md from the rules; ``make docs`` writes it."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rules import ALL, SECTIONS
from rules.pack.catalogue import STANDARDS, about
from rules.pack.rule import EVERY_TYPE, Level, Rule, StackRule

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
- **Reports**: `preview` and `up` of `strongroom` write the findings for code scanning with `--sarif FILE`,
  and each rule as a test case for the test reports of a pipeline with `--junit FILE`.
- **Unknown values**: a rule that needs a value that is not known yet is listed by `own-unknown-visible`. It
  is evaluated before the resource is created; in an update a rule that was not evaluated is mandatory.
- **Exempt** a resource from a rule with an entry in `policies/exemptions.yaml`; the column *exempt* has its
  `resource`, NAME being the resource's name in Pulumi, also a pattern such as `edge-*`. An exemption holds in
  every stack that has the resource; `when` narrows it to values of its properties, or to `production`. One
  that has expired, is too wide, or is not used where its resource is, is a finding (`own-exemption-audit`).

  ```yaml
  - rule: rds-non-default-port
    resource: Instance::database-instance
    when: {{port: 5432, production: true}}
    reason: Why this is right here, in a sentence that a reviewer can check.
    owner: platform
    until: 2027-11-01
  ```
- **Severity** is that of the worst that may happen (*risk*), lower where the rule is P, low where it is A.
- **Standards**: ids of the same demand in {standards}.
- **Requirements**: the last column has the codes that a rule enforces. They are the tags of the policy in
  Pulumi, and `requirements` of a finding in the sandbox's `--json` report; no message contains them.
- **Not in the pack**: whether two environments share a value (`ops verify --against` compares fingerprints).
"""

_COLUMNS = (
    *("rule", "level", "severity", "what must hold", "risk", "what to do", "exempt", "standards"),
    "requirements",
)
_HEADER = f"| {' | '.join(_COLUMNS)} |\n{'|---' * len(_COLUMNS)}|\n"
_MOST_TYPES = 3
"""The most resource types that the column about exemptions names."""


def render() -> str:
    """The page."""
    levels = Counter(_SHORT[rule.level] for rule in ALL)
    page = _HEAD.format(count=len(ALL), standards=", ".join(STANDARDS.values()), **levels)
    for title, rules in SECTIONS.items():
        page += f"\n## {title}\n\n{_HEADER}"
        page += "".join(f"{_row(rule)}\n" for rule in rules)
    return page


def _row(rule: Rule) -> str:
    said = about(rule)
    cells = (
        f"`{rule.name}`",
        _SHORT[rule.level],
        said.severity,
        rule.sentence,
        said.risk,
        rule.fix,
        _exempt(rule),
        "; ".join(f"{key} {', '.join(ids)}" for key, ids in said.standards.items()),
        ", ".join(rule.requirements),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _exempt(rule: Rule) -> str:
    """How an exemption names a resource that breaks a rule."""
    if isinstance(rule, StackRule) and not rule.types:
        return "`stack`"
    nouns = sorted({type_.rpartition(":")[2] for type_ in rule.types} - {EVERY_TYPE})
    if not nouns or len(nouns) > _MOST_TYPES:
        return "`Type::NAME`"
    return " ".join(f"`{noun}::NAME`" for noun in nouns)


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m rules.pack.reference", description=__doc__).parse_args()
    PAGE.write_text(render(), "utf-8")
