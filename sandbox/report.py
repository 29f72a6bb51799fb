"""Reports a run as plain lines, without secret values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.engine.model import STACK_TYPE, PolicyFinding, Result
from sandbox.formats.summary import counted, summary
from sandbox.verification import Verification

VERBS = {"create": "+", "import": "=", "update": "~", "replace": "±", "delete": "-", "same": "="}
Line = Callable[[str], None]


@dataclass
class Branch:
    """A component with the counts of its own resources' steps, and the components inside it."""

    name: str
    type: str
    counts: Counter[str] = field(default_factory=Counter)
    inside: list[Branch] = field(default_factory=list)


def tree(result: Result) -> Branch:
    """The components of the stack with counts; a resource counts for its nearest parent component."""
    known = {resource.urn: resource for resource in result.resources}
    root = Branch(result.stack, STACK_TYPE)
    branches: dict[str, Branch] = {}

    def home(urn: str) -> Branch:
        resource = known.get(urn)
        if resource is None or resource.type == STACK_TYPE:
            return root
        if resource.custom:
            return home(resource.parent)
        if urn not in branches:
            branches[urn] = Branch(resource.name, resource.type)
            home(resource.parent).inside.append(branches[urn])
        return branches[urn]

    for step in result.steps:
        resource = known.get(step.urn)
        if resource is not None and not resource.custom:
            home(step.urn)
        elif step.type != STACK_TYPE:
            home(resource.parent if resource else "").counts[step.op] += 1
    return root


def counts_text(counts: dict[str, int] | Counter[str]) -> str:
    """``+ 3 create  ~ 1 update``."""
    order = [op for op in VERBS if counts.get(op)]
    return "  ".join(f"{VERBS[op]} {counts[op]} {op}" for op in order) or "nothing"


def changes(result: Result) -> list[str]:
    """One line per changed resource; creations only where the stack existed before."""
    lines = []
    for step in result.steps:
        if step.op in ("update", "replace", "delete"):
            what = f" ({', '.join(step.changed)})" if step.changed else ""
            lines.append(f"{VERBS[step.op]} {step.op} {step.type} {step.name}{what}")
    if any(step.op == "same" for step in result.steps):
        created = [step for step in result.steps if step.op == "create"]
        lines = [f"+ create {step.type} {step.name}" for step in created] + lines
    return lines


def findings_by_policy(findings: list[PolicyFinding]) -> list[tuple[PolicyFinding, int]]:
    """The first finding of each policy and how often it was found, mandatory ones first."""
    grouped: dict[tuple[str, str], list[PolicyFinding]] = {}
    for finding in findings:
        grouped.setdefault((finding.level, finding.policy), []).append(finding)
    order = {"mandatory": 0, "remediate": 1, "advisory": 2}
    rows = [(group[0], len(group)) for group in grouped.values()]
    return sorted(rows, key=lambda row: (order.get(row[0].level, 3), row[0].policy))


def plan(result: Result, line: Line = print, *, verbose: bool = False) -> None:
    """Print the tree with counts, the changes, and the policy violations."""
    what = "preview" if result.preview else result.operation
    line(f"{what.capitalize()} of {result.stack}: {counts_text(result.counts)}")
    _branch(tree(result), line, 0)
    for change in changes(result):
        line(f"  {change}")
    stopping = [finding for finding in result.findings if finding.stops]
    for finding in stopping:
        line(f"  policy {finding.policy} (mandatory) {_where(finding.urn)}: {finding.message}")
    advice = [f for f in result.findings if not f.stops] if shows_advice(result, verbose=verbose) else []
    for finding, number in findings_by_policy(advice):
        first = finding.message.splitlines()[-1]
        line(f"  policy {finding.policy} ({finding.level}, {number}x): {first}")


def shows_advice(result: Result, *, verbose: bool) -> bool:
    """Whether advisory policy violations are listed: where a page was written, it lists them."""
    return verbose or result.preview or not result.page


def _branch(branch: Branch, line: Line, depth: int) -> None:
    if depth == 0 or branch.counts or branch.inside:
        indent = "  " * (depth + 1)
        label = branch.type.rpartition(":")[2] if depth else "stack"
        line(f"{indent}{label} {branch.name}: {counts_text(branch.counts)}")
    for inner in branch.inside:
        _branch(inner, line, depth + 1)


def _where(urn: str) -> str:
    return urn.rpartition("::")[2]


def emulated(result: Result, *, verbose: bool) -> list[str]:
    """The number of resource types that moto emulates only in part; their list where ``verbose``."""
    if not result.in_process:
        return []
    count = counted(len(result.in_process), "type")
    return [count, *result.in_process] if verbose else [f"{count} (`--verbose` lists them)"]


def outcome(result: Result, line: Line = print, *, verbose: bool = False) -> None:
    """Print messages, stand-ins and the verification, then what matters; outputs where ``verbose``."""
    for message in result.messages:
        line(f"note: {message}")
    for remediated in result.remediated:
        line(f"policy: {remediated}")
    if result.error:
        line(f"error: {result.error}")
    for text in emulated(result, verbose=verbose):
        line(f"emulated locally: {text}")
    for text in result.stand_ins:
        line(f"stand-in: {text}")
    if result.verification is not None:
        _verification(result, line)
    if shows_outputs(result, verbose=verbose):
        line("outputs:")
        for key, value in sorted(result.outputs.items()):
            shown = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
            line(f"  {key}: {shown}")
    seconds = ", ".join(f"{phase} {number:.1f} s" for phase, number in result.seconds.items())
    line(f"{'done' if result.exit_code == 0 else 'failed'}: {counts_text(result.counts)} ({seconds})")
    for label, text in summary(result):
        line(f"{label}: {text}")


def shows_outputs(result: Result, *, verbose: bool) -> bool:
    """Whether the outputs are listed: an update that wrote a page names it in their place."""
    created = result.operation == "update" and not result.error and not result.preview
    return created and (verbose or not result.page)


def verified(done: Verification) -> str:
    """How many checks ran, what they found, and how many findings do not count."""
    checks, findings = counted(done.checks, "check"), counted(len(done.findings), "finding")
    return f"verified: {checks}, {findings}, {sum(done.not_checkable.values())} not checkable in the sandbox"


def _verification(result: Result, line: Line) -> None:
    done = result.verification
    line(verified(done))
    if done.problem:
        line(f"  {done.problem}")
    for finding in done.findings:
        line(f"  {finding['subject']}: {finding['problem']}; {finding['remedy']} [{finding['check']}]")
    for why, number in done.not_checkable.items():
        line(f"  not checkable in the sandbox, {number}x: {why}")
