"""Tests of the state on disk, which a key of the emulated KMS encrypts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import moto as emulator
from sandbox.engine.model import Resource
from sandbox.engine.state import State, Vault
from sandbox.provider.calls import Aws


def test_the_state_on_disk_opens_only_with_its_worlds_key(tmp_path: Path) -> None:
    session = emulator.enter_account("600000000001", "eu-west-1", "toy-pulumi-up")
    vault = Vault(Aws(session, "600000000001", "eu-west-1"), tmp_path / "state.json")
    resource = Resource("urn:a", "aws:x:Y", "a", inputs={"value": "canary-value"}, secret={"value"}, id="i")
    vault.save(State({"urn:a": resource}, [], {"out": "canary-value"}))
    assert "canary-value" not in vault.path.read_text()
    assert vault.path.stat().st_mode & 0o777 == 0o600
    assert vault.load().resources == {"urn:a": resource}
    other = emulator.enter_account("600000000002", "eu-west-1", "toy-pulumi-up")
    with pytest.raises(Exception, match="AccessDenied"):
        Vault(Aws(other, "600000000002", "eu-west-1"), vault.path).load()
