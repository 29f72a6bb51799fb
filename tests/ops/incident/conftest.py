"""Running stacks that a breach is drilled on, in accounts that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.incident import sessions
from tests.ops.rotation.conftest import aws as aws
from tests.ops.rotation.conftest import database as database
from tests.ops.rotation.conftest import stack as stack
from tests.ops.rotation.small_stack import SmallStack
from tests.ops.stack_folder import StackFolder, staging_of

ROLES = ("aiponge-exec-user", "aiponge-task-user", "aiponge-deploy")
"""The small stack's roles that exist."""


@pytest.fixture(scope="session")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackFolder]:
    yield from staging_of("333344447777", tmp_path_factory.mktemp("incident"))


@pytest.fixture
def small(database: SmallStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallStack]:
    """The small stack with a database whose master password RDS keeps, and with few roles, one of which
    does not exist.
    """
    monkeypatch.setattr(sessions, "roles", lambda settings: [*ROLES, "aiponge-rotate"])
    iam, rds = database.client("iam"), database.client("rds")
    name = database.context().aws.names.part("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="aiponge_admin",
        ManageMasterUserPassword=True,
        AllocatedStorage=20,
    )
    for role in ROLES:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    yield database
    for role in ROLES:
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            iam.delete_role_policy(RoleName=role, PolicyName=policy)
        iam.delete_role(RoleName=role)
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
