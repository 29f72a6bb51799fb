"""The program creates what `ops restore-drill` looks for by name, in every stack that declares backups."""

from __future__ import annotations

import json

import pytest

from ops.restore.placement import SUBNETS
from settings import Settings, read_stack_file
from settings.connections import RESTORED
from tests.program import STACKS, shipped

BACKED_UP = tuple(stack for stack in STACKS if read_stack_file(stack).backup is not None)


@pytest.fixture(scope="module", params=BACKED_UP)
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def settings(stack: str) -> Settings:
    return read_stack_file(stack)


def names(stack: str, kind: str) -> set[str]:
    """The names of all resources of a type."""
    return {one["name"] for one in shipped(stack).all(kind)}


def test_production_declares_backups() -> None:
    assert {"cinematch-production", "prod"} <= {*BACKED_UP}


@pytest.mark.accepts("A43")
def test_copies_have_a_security_group_a_subnet_group_and_a_check_function(
    stack: str, settings: Settings
) -> None:
    assert settings.names.part(RESTORED.name) in names(stack, "aws:ec2/securityGroup:SecurityGroup")
    assert settings.names.part(SUBNETS) in names(stack, "aws:rds/subnetGroup:SubnetGroup")
    assert settings.names.restore_check_role in names(stack, "aws:lambda/function:Function")


def test_recovery_points_have_a_vault_and_a_role_that_restores_copies(stack: str, settings: Settings) -> None:
    assert settings.names.backup_vault in names(stack, "aws:backup/vault:Vault")
    assert settings.names.restore_testing_plan in names(
        stack, "aws:backup/restoreTestingPlan:RestoreTestingPlan"
    )
    (policy,) = [
        json.loads(one["policy"])
        for one in shipped(stack).all("aws:iam/rolePolicy:RolePolicy")
        if one.inputs.get("name") == settings.names.restore_role
    ]
    allowed = [
        one["Resource"]
        for one in policy["Statement"]
        if "rds:RestoreDBInstanceFromDBSnapshot" in one["Action"]
    ]
    assert any(settings.names.restored_databases[1] in one for one in allowed)
