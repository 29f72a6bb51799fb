"""Writes policy violations as SARIF 2.1.0, which code scanning of GitHub and others shows.

A finding is about a resource, not a line: its place is the stack file, its logical place the resource.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sandbox.engine.model import Policy, PolicyFinding, Result

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
DRIVER = "strongroom"
_SECURITY_SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""A number of each severity in the range that GitHub shows by the same name."""


def to_dict(result: Result) -> dict[str, Any]:
    """The run as one SARIF log."""
    policies = {policy.name: policy for policy in result.policies}
    for finding in result.findings:
        policies.setdefault(finding.policy, Policy(finding.policy))
    order = {name: index for index, name in enumerate(policies)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": DRIVER, "rules": list(map(_rule, policies.values()))}},
                "automationDetails": {"id": f"{DRIVER}/{result.stack}/"},
                "invocations": [_invocation(result)],
                "results": [_result(finding, result.stack, order) for finding in result.findings],
            }
        ],
    }


def write(result: Result, path: Path) -> None:
    """Write the run as SARIF to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(to_dict(result), indent=2) + "\n", "utf-8")


def _rule(policy: Policy) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": policy.name,
        "shortDescription": {"text": policy.description or policy.name},
        "properties": {"tags": ["security"]},
    }
    if policy.remedy:
        rule["help"] = {"text": policy.remedy}
    if policy.severity:
        rule["properties"]["security-severity"] = _SECURITY_SEVERITY[policy.severity]
    return rule


def _result(finding: PolicyFinding, stack: str, order: dict[str, int]) -> dict[str, Any]:
    identity = hashlib.sha256(f"{stack}\0{finding.policy}\0{finding.urn}".encode()).hexdigest()
    return {
        "ruleId": finding.policy,
        "ruleIndex": order[finding.policy],
        "level": "error" if finding.stops else "warning",
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": f"Pulumi.{stack}.yaml"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": finding.urn.rpartition("::")[2] or stack,
                        "fullyQualifiedName": finding.urn or stack,
                        "kind": "resource",
                    }
                ],
            }
        ],
        "partialFingerprints": {"policyAndResource/v1": identity},
    }


def _invocation(result: Result) -> dict[str, Any]:
    """Whether the run came to its end; violations alone are no failure of the tool."""
    broken = bool(result.error) and not any(finding.stops for finding in result.findings)
    told = [{"level": "error", "message": {"text": result.error}}] if broken else []
    return {"executionSuccessful": not broken, "toolExecutionNotifications": told}
