"""Creates the small stack in the sandbox, and removes it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ops.core.context import StackContext
from ops.incident import sessions
from ops.rotation import function, readers, repoint
from sandbox import moto as emulator
from tests.accounts import reusing_clients
from tests.ops.rotation.small_stack import DATABASE_URL, SmallStack, database_url, stack_files

ACCOUNT, REGION = "666677778888", "eu-west-1"
ROLES = ("aiponge-exec-user", "aiponge-task-user", "aiponge-deploy")
"""The roles that exist in tests of incidents."""


@contextmanager
def account(account_id: str = ACCOUNT) -> Iterator[Any]:
    """An account that no other test uses."""
    mock = emulator.start()
    yield reusing_clients(emulator.enter_account(account_id, REGION, "aiponge-pulumi-up"))
    mock.stop()


@contextmanager
def small_stack(
    aws: Any, folder: Path, only: tuple[str, ...] = (), account_id: str = ACCOUNT
) -> Iterator[SmallStack]:
    """The small stack: its values, its readers, and its state bucket."""
    made = SmallStack(aws, stack_files(folder, account_id, only))
    bucket, s3 = made.context().settings.names.state_bucket, made.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "restart", made.restart)
        patch.setattr(readers, "stale", made.stale)
        made.update()
        for secret in made.context().settings.secrets.values():
            made.restart(made.context(), secret.readers, datetime.now(UTC))
        yield made
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for one in page.get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=one["Key"])
    s3.delete_bucket(Bucket=bucket)
    store = made.client("secretsmanager")
    for one in store.list_secrets()["SecretList"]:
        store.delete_secret(SecretId=one["Name"], ForceDeleteWithoutRecovery=True)


@contextmanager
def with_database(stack: SmallStack) -> Iterator[SmallStack]:
    """The same with a database URL, and a function that rotates it immediately."""
    store = stack.client("secretsmanager")
    store.create_secret(
        Name=DATABASE_URL, SecretString=database_url("first"), ClientRequestToken=str(uuid4())
    )

    def rotates(context: StackContext, secret: Any, version: str) -> None:
        store.put_secret_value(
            SecretId=DATABASE_URL, SecretString=database_url(version), ClientRequestToken=version
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repoint, "_address", lambda context: "new.example")
        patch.setattr(repoint, "_refuse_old_function", lambda context, address: None)
        patch.setattr(function, "rotate_to", rotates)
        stack.restart(stack.context(), stack.secret("database-url").readers, datetime.now(UTC))
        yield stack


@contextmanager
def with_roles(stack: SmallStack) -> Iterator[SmallStack]:
    """The same with few roles, one of which does not exist, and a master password that RDS manages."""
    iam, rds = stack.client("iam"), stack.client("rds")
    name = stack.context().aws.names.part("rds")
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "roles", lambda settings: [*ROLES, "aiponge-rotate"])
        yield stack
    for role in ROLES:
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            iam.delete_role_policy(RoleName=role, PolicyName=policy)
        iam.delete_role(RoleName=role)
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
