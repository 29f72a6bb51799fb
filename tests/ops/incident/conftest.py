"""Running stacks of both kinds that a breach is drilled on, in accounts that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.stack_folder import StackFolder, brought_up, copied, staging_of


@pytest.fixture(scope="session")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackFolder]:
    yield from staging_of("333344447777", tmp_path_factory.mktemp("incident"))


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackFolder]:
    root = copied(tmp_path_factory.mktemp("incident-host") / "program", "cinematch-staging", "333344448888")
    yield from brought_up(root, "cinematch-staging")
