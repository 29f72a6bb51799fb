"""Fills in the result of a run: steps, policy violations and outputs, without secret values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi.runtime import rpc

from sandbox.engine.model import STACK_TYPE, PolicyFinding, Resource, Result, is_default_provider
from sandbox.execution import Execution
from sandbox.provider.rows import ROWS
from sandbox.provider.shapes import plain
from sandbox.redaction import MASK, Mask

HARD_EXIT = 1


def fill(result: Result, execution: Execution, problems: list[str], kept: Iterable[Resource]) -> None:
    """Copy the run into ``result``; secrets of ``kept``, the resources of the state, are masked too."""
    deployment = execution.deployment
    result.steps = [step for step in deployment.steps if not is_default_provider(step.type, step.name)]
    result.resources = list(deployment.news.values())
    result.policies = execution.policies
    stack = next((r for r in result.resources if r.type == STACK_TYPE), None)
    result.secret_outputs = set(stack.secret) if stack else set()
    outputs = {
        key: MASK if key in result.secret_outputs else _masked(value)
        for key, value in execution.monitor.outputs.items()
    }
    mask = Mask(execution.config, [*result.resources, *kept])
    told = Told([*problems, *deployment.problems], execution.messages, deployment.findings, plain(outputs))
    conclude(result, told, mask)


@dataclass
class Told:
    """What an engine said of a run; texts and outputs may still contain secrets."""

    problems: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    findings: list[PolicyFinding] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)


def conclude(result: Result, told: Told, mask: Mask) -> None:
    """Fill in error, exit code, messages, policy violations and outputs, with every secret masked."""
    result.in_process = _in_process(result.resources)
    problems = list(told.problems)
    if any(finding.stops for finding in told.findings) and not problems:
        what = "preview" if result.preview else "update"
        problems.append(f"{what} failed: the stack violates mandatory policies")
    result.error = mask.text("\n".join(dict.fromkeys(filter(None, problems))))
    result.messages = [mask.text(message) for message in told.messages]
    result.findings = [replace(found, message=mask.text(found.message)) for found in told.findings]
    result.outputs = mask.value(told.outputs)
    result.exit_code = HARD_EXIT if problems else 0


def _masked(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return MASK
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else None


def _in_process(resources: list[Resource]) -> list[str]:
    """One line per resource type of this stack that moto does not emulate, or only in part."""
    used = [ROWS[token] for token in sorted({r.type for r in resources}) if token in ROWS]
    lines = [
        f"{row.token}: moto does not implement {row.missing_operation}; the sandbox does"
        for row in used
        if row.missing_operation
    ]
    return lines + [
        f"{row.token}: moto emulates {row.keeps} only in part; the sandbox completes it"
        for row in used
        if row.keeps
    ]
