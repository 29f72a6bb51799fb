"""Tests of the policy violations as SARIF."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox import Result
from sandbox.engine.model import Policy, PolicyFinding
from sandbox.formats import sarif

URN = "urn:pulumi:dev::strongroom::aws:rds/instance:Instance::db"
OPEN = PolicyFinding(
    "rds-not-public", "mandatory", "db: publicly_accessible=True is forbidden", URN, ("A19",)
)
HINT = PolicyFinding("cis-alarms", "advisory", "the stack: add alarms", "")
RUN = Result(
    "dev",
    preview=True,
    exit_code=1,
    error="preview failed: the stack violates mandatory policies",
    findings=[OPEN, HINT],
    policies=[
        Policy("kms-rotation", "A key is rotated.", "set enable_key_rotation=True", "high"),
        Policy(
            "rds-not-public", "RDS is not publicly accessible.", "set publicly_accessible=False", "critical"
        ),
    ],
)


def log(run: Result = RUN) -> dict[str, Any]:
    (one,) = sarif.to_dict(run)["runs"]
    return one


def test_every_policy_is_a_rule_with_its_severity_and_remedy() -> None:
    rules = {rule["id"]: rule for rule in log()["tool"]["driver"]["rules"]}
    assert list(rules) == ["kms-rotation", "rds-not-public", "cis-alarms"]
    assert rules["rds-not-public"]["properties"]["security-severity"] == "9.5"
    assert rules["kms-rotation"]["help"] == {"text": "set enable_key_rotation=True"}


def test_a_result_points_to_its_rule_the_stack_file_and_the_resource() -> None:
    results = log()["results"]
    assert [(one["ruleId"], one["ruleIndex"], one["level"]) for one in results] == [
        ("rds-not-public", 1, "error"),
        ("cis-alarms", 2, "warning"),
    ]
    (place,) = results[0]["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "Pulumi.dev.yaml"}
    assert place["logicalLocations"] == [{"name": "db", "fullyQualifiedName": URN, "kind": "resource"}]


def test_a_finding_about_the_stack_as_a_whole_is_placed_at_the_stack() -> None:
    (place,) = log()["results"][1]["locations"]
    assert place["logicalLocations"][0]["name"] == "dev"


def test_a_finding_keeps_its_identity_when_its_text_changes_and_differs_by_resource() -> None:
    told = [OPEN, replace(OPEN, message="another text"), replace(OPEN, urn=f"{URN}-2")]
    prints = [json.dumps(one["partialFingerprints"]) for one in log(replace(RUN, findings=told))["results"]]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize(
    ("run", "successful"),
    [(RUN, True), (replace(RUN, findings=[], error="Pulumi.dev.yaml: no such secret"), False)],
)
def test_a_run_that_broke_differs_from_one_that_found_violations(run: Result, successful: bool) -> None:
    (invocation,) = log(run)["invocations"]
    assert invocation["executionSuccessful"] is successful
    assert bool(invocation["toolExecutionNotifications"]) is not successful


def test_no_code_of_a_requirement_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "out" / "findings.sarif"
    sarif.write(RUN, path)
    assert json.loads(path.read_text())["version"] == "2.1.0"
    assert "A19" not in path.read_text()
