"""Running stacks for tests of incidents, in accounts that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.rotation.conftest import aws as aws
from tests.ops.rotation.conftest import database as database
from tests.ops.rotation.conftest import stack as stack
from tests.ops.rotation.small_stack import SmallStack
from tests.ops.rotation.standing import with_roles
from tests.ops.stack_folder import StackFolder, staging_of


@pytest.fixture(scope="session")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackFolder]:
    yield from staging_of("333344447777", tmp_path_factory.mktemp("incident"))


@pytest.fixture
def small(database: SmallStack) -> Iterator[SmallStack]:
    with with_roles(database) as made:
        yield made
