"""Tests of reading a stack file as the Pulumi CLI does."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import config
from sandbox.config import BadInput
from tests.sandbox.toy import sealed


def stack(folder: Path, project: str, file: str) -> Path:
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.dev.yaml").write_text(file)
    return folder


def test_configuration_travels_as_the_cli_sends_it(tmp_path: Path) -> None:
    folder = stack(
        tmp_path,
        "name: p\nconfig:\n  size: {type: object, default: {}}\n  days: {type: integer, default: 7}\n",
        'config:\n  p:account: "012345678901"\n  p:net: {cidr: 10.0.0.0/16, on1: true}\n'
        "  aws:region: eu-west-1\n",
    )
    assert config.read(folder, "dev").texts() == {
        "p:size": "{}",
        "p:days": "7",
        "p:account": "012345678901",
        "p:net": '{"cidr": "10.0.0.0/16", "on1": true}',
        "aws:region": "eu-west-1",
    }


def test_overrides_are_merged_key_by_key() -> None:
    base = config.StackConfig("p", "dev", values={"p:net": {"a": 1, "b": {"c": 1}}, "p:x": 1})
    merged = base.merged({"net": {"b": {"d": 2}}, "p:x": None})
    assert merged.values == {"p:net": {"a": 1, "b": {"c": 1, "d": 2}}}
    assert base.values["p:x"] == 1


def test_encrypted_values_open_with_the_passphrase_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    salt, secure = sealed("right", "hidden")
    file = f"encryptionsalt: {salt}\nconfig:\n  p:values: {{a: {{secure: '{secure}'}}}}\n"
    folder = stack(tmp_path, "name: p\n", file)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    assert config.read(folder, "dev").get("values") == {}
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "right")
    opened = config.read(folder, "dev")
    assert opened.get("values") == {"a": "hidden"}
    assert opened.secret_keys == {"p:values"}
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "wrong")
    with pytest.raises(BadInput, match="does not decrypt the stack file's secrets"):
        config.read(folder, "dev")
