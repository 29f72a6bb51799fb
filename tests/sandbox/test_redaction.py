"""Tests that no secret value is printed or written by a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from sandbox import cli
from tests.sandbox.toy import no_checks, project, sandbox, sealed

CANARY = "canary-7f3a9c51e2"
PROGRAM = """
secret = config.require_secret("token")
aws.ssm.Parameter("p", name="/p", type="SecureString", value=secret)
aws.ssm.Parameter("twice", name="/p" if config.get_bool("clash") else "/q", type="SecureString", value=secret)
if config.get_bool("bad"):
    aws.ssm.Parameter("bad", name="/bad", type="NoSuchType", value=secret)
if config.get_bool("raises"):
    secret.apply(lambda text: (_ for _ in ()).throw(ValueError(f"cannot use {text}")))
pulumi.export("marked", secret)
pulumi.export("copied", pulumi.Output.unsecret(secret))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path, PROGRAM)


@pytest.mark.parametrize("extra", [{}, {"clash": True}, {"bad": True}, {"raises": True}])
def test_the_canary_is_in_no_text_of_a_run(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    extra: dict[str, bool],
) -> None:
    salt, secure = sealed("passphrase", CANARY)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "passphrase")
    path = folder / "Pulumi.dev.yaml"
    values = yaml.safe_load(path.read_text())
    values["config"] |= {f"toy:{key}": value for key, value in extra.items()}
    values["config"]["toy:token"] = {"secure": secure}
    path.write_text(yaml.safe_dump({**values, "encryptionsalt": salt}))
    out = tmp_path / "out.json"
    for command in ("preview", "up"):
        cli.main(
            [command, "--stack", "dev", "--root", str(folder), "--json", str(out)]
            + ["--no-verify"] * (command == "up"),
            verify=no_checks,
        )
        printed = capsys.readouterr()
        assert CANARY not in printed.out + printed.err
        assert CANARY not in out.read_text()


def test_outputs_that_are_secret_are_masked_by_name_and_by_value(folder: Path) -> None:
    with sandbox(folder, config={"token": CANARY}) as here:
        result = here.up()
    assert result.outputs == {"marked": "[secret]", "copied": "[secret]"}
    assert result.secret_outputs == {"marked"}


def test_a_result_says_nothing_secret_when_it_is_shown(folder: Path) -> None:
    with sandbox(folder, config={"token": CANARY}) as here:
        result = here.up()
    assert CANARY not in repr(result)
    assert CANARY not in json.dumps([str(resource) for resource in result.resources])
