"""Running stacks of both kinds that a breach is drilled on, in accounts that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ops.rotation.conftest import IMAGE, Home, brought_up, copied


@pytest.fixture(scope="session")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    # Two services with an image, so that readers run: one of every secret, and one of some.
    running = {
        "environment: {SERVICE_NAME: user-service}": f"image: {IMAGE}",
        "environment: {SERVICE_NAME: api-gateway}": f"image: {IMAGE}",
    }
    root = copied(tmp_path_factory.mktemp("incident") / "program", "staging", "333344447777", **running)
    yield from brought_up(root, "staging")


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    root = copied(tmp_path_factory.mktemp("incident-host") / "program", "cinematch-staging", "333344448888")
    yield from brought_up(root, "cinematch-staging")
