"""A running stack whose file may be edited, in an account that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.stack_folder import Home, staging_of


@pytest.fixture(scope="session")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    yield from staging_of("333344445555", tmp_path_factory.mktemp("rotation"))
