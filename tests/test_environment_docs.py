"""Checks the variables, exit codes and commands on the pages about variables and set-up."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from cli.operator_commands import app
from settings.grants import HOST_READER, entries_read_by
from settings.host_env import env_lines
from settings.schema.services import HostSettings
from settings.stack_file import ROOT
from tests.components.host.host_stack import PRODUCTION, STAGING, stack
from tests.source_files import source_files

PAGE = (ROOT / "docs" / "environment.md").read_text()
SETUP = (ROOT / "ENV_SETUP.md").read_text()
QUOTING = ("docs/secrets.md", "docs/requirements.md")
"""Generated pages that quote attacks and requirements."""
SCRIPT = (ROOT / "components" / "host" / "files" / "update-app.sh").read_text()


@pytest.mark.parametrize("name", [PRODUCTION, STAGING])
def test_every_variable_of_the_env_file_is_described(name: str) -> None:
    settings = stack(name)
    assert isinstance(settings.platform, HostSettings)
    lines = env_lines(settings.platform.environment, entries_read_by(settings, HOST_READER))
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE))
    assert described == set(lines)


def test_every_parameter_is_described() -> None:
    settings = stack()
    assert isinstance(settings.platform, HostSettings)
    described = set(re.findall(r"`/cinematch/<env>/([a-z0-9-]+)`", PAGE))
    secrets = {secret.name.rpartition("/")[2] for secret in settings.secrets.values()}
    beside = {"django-secret-key-previous", "image-digest", "ec2-ssh-key"}
    assert described == {*secrets, *settings.platform.parameters, *beside}


def test_every_exit_of_the_update_script_is_described() -> None:
    described = set(re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE))
    assert described == {"0", *re.findall(r"\bfail (\d) ", SCRIPT)}


@pytest.mark.accepts("B23", "B25", "B61")
def test_every_command_of_the_set_up_exists() -> None:
    known = set(get_command(app).list_commands(None))  # type: ignore[attr-defined, arg-type]
    used = set(re.findall(r"python -m ops ([a-z-]+)", SETUP))
    assert used == {"import-env", "bootstrap"}
    assert used <= known


@pytest.mark.accepts("B23", "B61")
def test_every_link_of_both_pages_leads_somewhere() -> None:
    for page, folder in ((PAGE, ROOT / "docs"), (SETUP, ROOT)):
        for target in re.findall(r"\]\(([^)#]+)", page):
            assert (folder / target).exists(), target


@pytest.mark.attack(40)
def test_no_page_and_no_script_keeps_an_old_environment() -> None:
    named = re.compile(r"(^Makefile|\.(md|sh|service|ya?ml|py))$|^components/host/files/|Containerfile")
    looked_at = [
        name
        for name in source_files(ROOT)
        if named.search(name) and not name.startswith("tests/") and name not in QUOTING
    ]
    assert {"docs/environment.md", "README.md", "components/host/files/update-app.sh"} <= set(looked_at)
    for name in looked_at:
        text = (ROOT / name).read_text()
        assert not re.search(r"docker[- ]compose(\s+-\S+(\s+\S+)?)*\s+restart|compose restart", text), name
