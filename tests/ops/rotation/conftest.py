"""A running stack whose file may be edited, in an account that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ops.core.context import StackContext
from ops.rotation import function, readers, repoint
from sandbox import moto as emulator
from tests.ops.rotation.small_stack import DATABASE_URL, SmallStack, database_url, stack_files
from tests.ops.stack_folder import StackFolder, staging_of


@pytest.fixture(scope="session")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackFolder]:
    yield from staging_of("333344445555", tmp_path_factory.mktemp("rotation"))


ACCOUNT, REGION = "666677778888", "eu-west-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[Any]:
    mock = emulator.start()
    yield emulator.enter_account(ACCOUNT, REGION, "aiponge-pulumi-up")
    mock.stop()


@pytest.fixture
def stack(aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallStack]:
    made = SmallStack(aws, stack_files(tmp_path / "checkout", ACCOUNT))
    bucket, s3 = made.context().settings.names.state_bucket, made.client("s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    monkeypatch.setattr(readers, "restart", made.restart)
    monkeypatch.setattr(readers, "stale", made.stale)
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


@pytest.fixture
def database(stack: SmallStack, monkeypatch: pytest.MonkeyPatch) -> SmallStack:
    """The small stack with a database's URL, and a function that rotates it at once."""
    store = stack.client("secretsmanager")
    store.create_secret(
        Name=DATABASE_URL, SecretString=database_url("first"), ClientRequestToken=str(uuid4())
    )
    monkeypatch.setattr(repoint, "_address", lambda context: "new.example")
    monkeypatch.setattr(repoint, "_refuse_old_function", lambda context, address: None)

    def rotates(context: StackContext, secret: Any, version: str) -> None:
        store.put_secret_value(
            SecretId=DATABASE_URL, SecretString=database_url(version), ClientRequestToken=version
        )

    monkeypatch.setattr(function, "rotate_to", rotates)
    stack.restart(stack.context(), stack.secret("database-url").readers, datetime.now(UTC))
    return stack
