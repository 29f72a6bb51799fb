"""Tests of the host's scripts: valid shell, and the agent installed only with AWS's signature."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from components.host.user_data import user_data
from settings.stack_file import ROOT
from tests.host.machine import machine
from tests.tools import SHELLCHECK


def files(tmp_path: Path) -> dict[str, str]:
    document = yaml.safe_load(user_data(machine(tmp_path).spec))
    return {one["path"]: one["content"] for one in document["write_files"]}


def needs(tool: str | None, name: str) -> str:
    if tool is None:
        assert "CI" not in os.environ, f"{name} is missing in CI"
        pytest.skip(f"{name} is not installed here; CI has it")
    return tool


def test_every_script_passes_shellcheck(tmp_path: Path) -> None:
    scripts = {path: text for path, text in files(tmp_path).items() if text.startswith("#!")}
    assert len(scripts) == 4
    for path, text in scripts.items():
        done = subprocess.run([SHELLCHECK, "-"], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{path}\n{done.stdout}"


@pytest.mark.accepts("B48")
@pytest.mark.attack(40)
@pytest.mark.parametrize(
    ("asked", "done"),
    [
        (["restart"], "compose up -d --force-recreate --wait"),
        (["restart", "web"], "compose up -d --force-recreate --wait web"),
        (["ps", "-a"], "compose ps -a"),
        ([], "compose"),
    ],
)
def test_the_old_command_never_keeps_an_old_environment(tmp_path: Path, asked: list[str], done: str) -> None:
    stub = tmp_path / "docker"
    stub.write_text('#!/bin/sh\necho "$*"\n')
    stub.chmod(0o755)
    script = ROOT / "components" / "host" / "files" / "docker-compose.sh"
    ran = subprocess.run(
        ["sh", str(script), *asked],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"{done}\n"


class Bucket:
    """A folder in place of AWS's bucket, and a package manager that records its arguments."""

    def __init__(self, root: Path) -> None:
        self.root, self.bin = root, root / "bin"
        self.bin.mkdir()
        self._command(
            "curl",
            'file=${!#}; out=""; while [ $# -gt 1 ]; do [ "$1" = --output ] && out=$2; shift; done'
            f'\ncp "{root}/${{file##*/}}" "$out"',
        )
        self._command("dpkg", '[ "$*" = --print-architecture ] && echo amd64')
        self._command("apt-get", f'[[ "$*" == *" install /"*/agent.deb ]] && echo installed >"{root}/done"')

    def _command(self, name: str, body: str) -> None:
        (self.bin / name).write_text(f"#!/bin/bash\n{body}\n")
        (self.bin / name).chmod(0o755)

    def sign(self, package: str) -> str:
        """Publish a package signed with a new key; the key's fingerprint."""
        home = self.root / "keys"
        home.mkdir(mode=0o700)
        env = {**os.environ, "GNUPGHOME": str(home)}

        def gpg(*arguments: str) -> str:
            return subprocess.run(
                ["gpg", "--batch", "--quiet", "--passphrase", "", *arguments],
                env=env,
                capture_output=True,
                text=True,
                check=True,
            ).stdout

        gpg("--quick-generate-key", "agent", "ed25519", "sign")
        (self.root / "amazon-cloudwatch-agent.deb").write_text(package)
        gpg(
            "--output",
            str(self.root / "amazon-cloudwatch-agent.deb.sig"),
            "--detach-sign",
            str(self.root / "amazon-cloudwatch-agent.deb"),
        )
        (self.root / "amazon-cloudwatch-agent.gpg").write_text(gpg("--armor", "--export"))
        found = gpg("--with-colons", "--fingerprint")
        return next(line.split(":")[9] for line in found.splitlines() if line.startswith("fpr"))

    def install(self, script: str) -> bool:
        """Whether the package was installed."""
        env = {**os.environ, "PATH": f"{self.bin}:/usr/bin:/bin"}
        subprocess.run(["bash", "-c", script], env=env, capture_output=True, check=False)
        return (self.root / "done").exists()


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    needs(shutil.which("gpg"), "gpg")
    (tmp_path / "bucket").mkdir()
    return Bucket(tmp_path / "bucket")


PUBLISHED = "937616F3450B7D806CBD9725D58167303B789C72"


def test_the_agent_is_installed_when_the_pinned_key_signed_it(bucket: Bucket, tmp_path: Path) -> None:
    script = files(tmp_path)["/root/install-agent.sh"]
    key = bucket.sign("package")
    assert PUBLISHED in script
    assert bucket.install(script.replace(PUBLISHED, key))


def test_the_agent_is_not_installed_when_another_key_signed_it(bucket: Bucket, tmp_path: Path) -> None:
    bucket.sign("package")
    assert not bucket.install(files(tmp_path)["/root/install-agent.sh"])


def test_the_agent_is_not_installed_when_it_is_not_what_was_signed(bucket: Bucket, tmp_path: Path) -> None:
    script = files(tmp_path)["/root/install-agent.sh"].replace(PUBLISHED, bucket.sign("package"))
    (bucket.root / "amazon-cloudwatch-agent.deb").write_text("another")
    assert not bucket.install(script)
