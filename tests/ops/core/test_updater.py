"""Tests of the updates by the Pulumi CLI."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ops.core.exits import Exit, Stop
from ops.core.updater import pulumi_cli
from settings.stack_file import ROOT

PULUMI = """#!{python}
import json, pathlib, shutil, sys
here = pathlib.Path(__file__).parent
shutil.copy(sys.argv[sys.argv.index("--policy-pack-config") + 1], here / "pack.json")
(here / "argv.json").write_text(json.dumps(sys.argv[1:]))
sys.exit({code})
"""


def pulumi(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int = 0) -> None:
    program = folder / "pulumi"
    program.write_text(PULUMI.format(python=sys.executable, code=code))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_unprotects_by_the_cli_what_the_next_update_deletes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pulumi"
    state = json.dumps({"deployment": {"resources": [{"urn": "first"}, {"urn": "second"}, {"urn": "third"}]}})
    program.write_text(
        f"#!/bin/sh\ntest \"$1\" = stack && echo '{state}' && exit\n"
        'echo "$@" >> "${0%/*}/argv"\ntest "$3" = first\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Stop, match=r"unprotecting second \(pulumi\) ended with 1"):
        pulumi_cli("staging", ROOT).unprotect(["first", "second", "third"])
    assert (tmp_path / "argv").read_text().splitlines() == [
        "state unprotect first -s staging --yes",
        "state unprotect second -s staging --yes",
    ]


def test_unprotects_nothing_that_the_state_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pulumi"
    program.write_text(
        '#!/bin/sh\necho "$@" >> "${0%/*}/argv"\n'
        'test "$1" = stack && echo \'{"deployment": {"resources": [{"urn": "second"}]}}\'\nexit 0\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    pulumi_cli("staging", ROOT).unprotect(["first", "second"])
    pulumi_cli("staging", ROOT).unprotect([])
    assert (tmp_path / "argv").read_text().splitlines() == [
        "stack export -s staging",
        "state unprotect second -s staging --yes",
    ]


@pytest.mark.parametrize("answer", ["", "{}", '{"deployment": null}'])
def test_unprotects_nothing_where_the_state_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\necho '{answer}'\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Stop, match=r"the state cannot be read .* ended with 3.*--resume"):
        pulumi_cli("staging", ROOT).unprotect(["first"])


@pytest.mark.attack(47)  # without --refresh: manual changes must not be reverted by the update
def test_by_the_cli_with_the_pack_and_what_the_stack_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi(tmp_path, monkeypatch)
    pulumi_cli("staging", ROOT)()
    given = json.loads((tmp_path / "argv.json").read_text())
    config = given.pop(given.index("--policy-pack-config") + 1)
    assert given == [
        *("up", "-s", "staging", "--policy-pack", "policies", "--policy-pack-config"),
        *("--yes", "--parallel", "64"),
    ]
    assert json.loads((tmp_path / "pack.json").read_text())["own-tags"]["environment"] == "staging"
    assert not Path(config).exists()


def test_partly_where_the_cli_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi(tmp_path, monkeypatch, code=255)
    with pytest.raises(Stop, match=r"ended with 255.*--resume") as stop:
        pulumi_cli("staging", ROOT)()
    assert stop.value.code == Exit.PARTLY


EXPORT = {
    "deployment": {
        "resources": [
            {"urn": "urn:stack", "type": "pulumi:pulumi:Stack"},
            {"urn": "urn:provider", "type": "pulumi:providers:aws", "custom": True, "id": "1"},
            {"urn": "urn:component", "type": "strongroom:index:Database"},
            {"urn": "urn:read", "type": "aws:ec2/vpc:Vpc", "custom": True, "external": True, "id": "vpc-1"},
            {
                "urn": "urn:a::x::y::db",
                "type": "aws:rds/instance:Instance",
                "custom": True,
                "id": "db-1",
                "protect": True,
                "inputs": {"identifier": "one"},
            },
        ]
    }
}


def test_reads_what_the_state_holds_without_showing_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pulumi"
    (tmp_path / "export.json").write_text(json.dumps(EXPORT))
    program.write_text('#!/bin/sh\necho "$@" > "${0%/*}/argv"\ncat "${0%/*}/export.json"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (found,) = pulumi_cli("staging", ROOT).resources()
    assert (found.urn, found.name, found.id, found.protect) == ("urn:a::x::y::db", "db", "db-1", True)
    assert found.inputs == {"identifier": "one"}
    assert (tmp_path / "argv").read_text().split() == ["stack", "export", "-s", "staging"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["argv", "export.json", "pulumi"]


def test_deletes_all_but_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "pulumi"
    program.write_text('#!/bin/sh\necho "$@" > "${0%/*}/argv"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    pulumi_cli("staging", ROOT).destroy(["urn:one", "urn:two"])
    assert (tmp_path / "argv").read_text().split() == [
        *("destroy", "-s", "staging", "--yes", "--parallel", "64"),
        *("--exclude", "urn:one", "--exclude", "urn:two"),
    ]


def test_by_nobody_where_there_is_no_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with pytest.raises(Stop, match="not on PATH") as stop:
        pulumi_cli("staging", ROOT)
    assert stop.value.code == Exit.BAD_INPUT
