"""A kept sandbox is updated by the engine that created it; the in-process engine is the default."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sandbox.config import BadInput
from sandbox.engines import ENGINES, engine_of
from sandbox.session import IN_PROCESS, PULUMI, Session


@pytest.mark.parametrize("kept", ENGINES)
def test_a_kept_sandbox_is_updated_by_the_engine_that_created_it(tmp_path: Path, kept: str) -> None:
    home = Session.of(tmp_path, "dev")
    with socket.create_server(("127.0.0.1", 0)) as server:
        home.note(f"http://127.0.0.1:{server.getsockname()[1]}", kept)
        assert engine_of("dev", None, home) == kept
        assert engine_of("dev", kept, home) == kept
        other = next(engine for engine in ENGINES if engine != kept)
        with pytest.raises(BadInput, match=f"its state is of the {kept} engine: pass --engine {kept}"):
            engine_of("dev", other, home)


def test_an_engine_of_an_ended_sandbox_does_not_count(tmp_path: Path) -> None:
    home = Session.of(tmp_path, "dev")
    home.note("http://127.0.0.1:9", PULUMI)
    assert engine_of("dev", None, home) == IN_PROCESS
