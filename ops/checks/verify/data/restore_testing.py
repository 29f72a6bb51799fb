"""Checks the monthly restore test: what is restored, where to, and that it is validated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ops.checks.verify.data.database import instance
from ops.checks.verify.registry import BY_PROGRAM, Problem, check
from ops.core.aws_state import AwsState

RESTORED = "restored-rds"
"""The security group of restored databases, after the application's prefix."""
VALIDATION_RULE = "database-restored"


@check("backup-restore-tests", "A42")
def restore_tests(aws: AwsState) -> Iterator[Problem]:
    """A restore testing plan restores the database into its own group, and a rule invokes the validation."""
    if aws.settings.backup is None:
        return
    name = aws.names.restore_testing_plan
    plans = aws.list("backup", "list_restore_testing_plans", "RestoreTestingPlans")
    if name not in [one["RestoreTestingPlanName"] for one in plans]:
        yield Problem(name, "does not exist: no restore is tested", BY_PROGRAM)
        return
    yield from _restored(aws, name)
    rule = aws.names.part(VALIDATION_RULE)
    rules = aws.list("events", "list_rules", "Rules", NamePrefix=rule)
    if [one.get("State") for one in rules if one["Name"] == rule] != ["ENABLED"]:
        yield Problem(rule, "is missing or disabled: no restored database is checked", BY_PROGRAM)


def _restored(aws: AwsState, name: str) -> Iterator[Problem]:
    """Problems with what is restored, and where to."""
    listed = aws.list(
        "backup", "list_restore_testing_selections", "RestoreTestingSelections", RestoreTestingPlanName=name
    )
    found: list[dict[str, Any]] = [
        aws.ask(
            "backup",
            "get_restore_testing_selection",
            RestoreTestingPlanName=name,
            RestoreTestingSelectionName=one["RestoreTestingSelectionName"],
        )["RestoreTestingSelection"]
        for one in listed
    ]
    database = instance(aws)
    arn = database["DBInstanceArn"] if database else ""
    ours = [one for one in found if arn in (one.get("ProtectedResourceArns") or [])]
    if not ours:
        yield Problem(name, "does not restore the database", BY_PROGRAM)
    groups = [
        group["GroupId"]
        for group in aws.in_vpc("describe_security_groups", "SecurityGroups")
        if group["GroupName"] == aws.names.part(RESTORED)
    ]
    for one in ours:
        given = one.get("RestoreMetadataOverrides") or {}
        if json.loads(given.get("vpcSecurityGroupIds", "[]")) != groups:
            yield Problem(name, f"does not restore into the group {aws.names.part(RESTORED)}", BY_PROGRAM)
        if given.get("dbSubnetGroupName") != aws.names.part("isolated"):
            yield Problem(name, "does not restore into the isolated subnets", BY_PROGRAM)
