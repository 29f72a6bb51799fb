"""The messages of rules about a resource or a stack with one change."""

from __future__ import annotations

from typing import Any

from rules.pack.config import Configuration

from tests.policies.cases import strongroom_secrets as secret_cases
from tests.policies.judge import STRICT, Entry, judge, judge_stack
from tests.policies.ours import ours


def said(rule: str, type_: str, config: Configuration = STRICT, **change: Any) -> str:
    """The only message of ``rule`` about the program's own resource with a change."""
    (finding,) = judge(type_, {**ours(type_), **change}, config=config, name="it").findings[rule]
    return finding.message


def stack_said(rule: str, **change: Entry | None) -> list[str]:
    """The messages of a stack rule about the compliant stack of readers with a change."""
    entries = {
        **secret_cases.STACKS["readers"],
        **{key.replace("_", "-"): one for key, one in change.items()},
    }
    kept = {name: entry for name, entry in entries.items() if entry is not None}
    return [finding.message for finding in judge_stack(kept).findings.get(rule, [])]
