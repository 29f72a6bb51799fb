"""A running stack whose file may be edited, in an account that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ops.rotation.small_stack import SmallStack
from tests.ops.rotation.standing import account, small_stack, with_database
from tests.ops.stack_folder import StackFolder, staging_of


@pytest.fixture(scope="session")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackFolder]:
    yield from staging_of("333344445555", tmp_path_factory.mktemp("rotation"))


@pytest.fixture(scope="module")
def aws() -> Iterator[Any]:
    with account() as session:
        yield session


@pytest.fixture
def stack(aws: Any, tmp_path: Path) -> Iterator[SmallStack]:
    with small_stack(aws, tmp_path / "checkout") as made:
        yield made


@pytest.fixture
def database(stack: SmallStack) -> Iterator[SmallStack]:
    with with_database(stack) as made:
        yield made
