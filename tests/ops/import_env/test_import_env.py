"""Tests of `ops import-env` (all values or none) and `ops render-env`; neither shows a value."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from ops.import_env import cli
from ops.import_env.accepted import names_of
from ops.import_env.dotenv import parse
from ops.import_env.source import MAX_BYTES, Refused, read_stream
from settings.stack_file import ROOT
from tests.components.host.host_stack import PRODUCTION, STAGING, stack
from tests.source_files import source_files

TMDB = "eyJhbGciOiJIUzI1NiJ9.kD83hsLq02mZ-x7.QpWv5tYb1nRc"
LLM = "sk-proj-9fK2mQx7LtVb3Zr8Nw5Yh1Pd"
FILE = f"TMDB_READ_ACCESS_TOKEN={TMDB}\nTF_VAR_llm_api_key={LLM}\n"

_PULUMI = """#!{python}
import json, sys
from pathlib import Path
here = Path({here!r})
fail = here / "fail"
calls = here / "calls"
told = sys.stdin.read()
if fail.exists() and fail.read_text() in sys.argv[5]:
    print("error: " + told, file=sys.stderr)
    sys.exit(255)
with calls.open("a") as file:
    file.write(json.dumps([sys.argv[1:], told]) + "\\n")
"""


class Pulumi:
    """A stand-in for the CLI that records its arguments and its input."""

    def __init__(self, here: Path) -> None:
        self.here = here
        (here / "bin").mkdir()
        tool = here / "bin" / "pulumi"
        tool.write_text(_PULUMI.format(python=sys.executable, here=str(here)))
        tool.chmod(0o755)

    @property
    def calls(self) -> list[tuple[list[str], str]]:
        path = self.here / "calls"
        return [tuple(json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []

    def fail_at(self, name: str) -> None:
        (self.here / "fail").write_text(name)


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    made = Pulumi(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    return made


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / "values.env"
    path.write_text(FILE)
    path.chmod(0o600)
    return path


def call(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli.app, ["import-env", *arguments], input=stdin)


def shows_no_value(result: Result) -> bool:
    return TMDB not in result.output and LLM not in result.output


@pytest.mark.accepts("B3")
@pytest.mark.attack(12)
def test_values_become_encrypted_configuration(pulumi: Pulumi, env_file: Path) -> None:
    result = call(str(env_file), "--stack", STAGING, "--apply")
    assert (result.exit_code, shows_no_value(result)) == (0, True)
    assert [(arguments[:5], told) for arguments, told in pulumi.calls] == [
        (["config", "set", "--secret", "--path", "strongroom:values.tmdb-token"], TMDB),
        (["config", "set", "--secret", "--path", "strongroom:values.llm-api-key"], LLM),
    ]
    assert all(arguments[5:7] == ["--stack", STAGING] for arguments, _ in pulumi.calls)


@pytest.mark.attack(12)
def test_no_value_is_an_argument_of_anything(pulumi: Pulumi, env_file: Path) -> None:
    call(str(env_file), "--stack", STAGING, "--apply")
    assert not [arguments for arguments, _ in pulumi.calls if TMDB in str(arguments) or LLM in str(arguments)]


def test_without_apply_only_names_are_listed(pulumi: Pulumi, env_file: Path) -> None:
    for flags in ([], ["--dry-run"]):
        result = call(str(env_file), "--stack", STAGING, *flags)
        assert result.exit_code == 0
        assert "tmdb-token: would be set" in result.output
        assert shows_no_value(result)
    assert pulumi.calls == []


def test_values_come_from_standard_input_too(pulumi: Pulumi) -> None:
    result = call("-", "--stack", STAGING, "--apply", stdin=FILE.encode())
    assert result.exit_code == 0
    assert len(pulumi.calls) == 2


def test_production_asks_for_a_reason(pulumi: Pulumi, env_file: Path) -> None:
    assert call(str(env_file), "--stack", PRODUCTION, "--apply", "--yes").exit_code == 3
    assert pulumi.calls == []
    given = call(str(env_file), "--stack", PRODUCTION, "--apply", "--yes", "--reason", "first values")
    assert given.exit_code == 0


def test_one_bad_line_stops_all(pulumi: Pulumi, env_file: Path) -> None:
    env_file.write_text(FILE + "OTHER=changeme\n")
    result = call(str(env_file), "--stack", STAGING, "--apply")
    assert result.exit_code == 2
    assert "line 3: unknown key" in result.output
    assert pulumi.calls == []


@pytest.mark.attack(38)
def test_an_open_file_stops_all(pulumi: Pulumi, env_file: Path) -> None:
    env_file.chmod(0o644)
    result = call(str(env_file), "--stack", STAGING, "--apply")
    assert result.exit_code == 2
    assert pulumi.calls == []


@pytest.mark.attack(12)
def test_what_the_cli_says_when_it_fails_is_not_repeated(pulumi: Pulumi, env_file: Path) -> None:
    pulumi.fail_at("llm-api-key")
    result = call(str(env_file), "--stack", STAGING, "--apply")
    assert result.exit_code == 4
    assert "set so far: tmdb-token" in result.output
    assert shows_no_value(result)


def test_a_first_failure_says_that_nothing_was_changed(pulumi: Pulumi, env_file: Path) -> None:
    pulumi.fail_at("tmdb-token")
    result = call(str(env_file), "--stack", STAGING, "--apply")
    assert result.exit_code == 5
    assert "set so far: none" in result.output


def test_without_the_cli_nothing_happens(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    result = call(str(env_file), "--stack", STAGING, "--apply")
    assert result.exit_code == 2
    assert "the Pulumi CLI is not on PATH" in result.output


@pytest.mark.attack(12)
def test_json_holds_names_only(pulumi: Pulumi, env_file: Path) -> None:
    result = call(str(env_file), "--stack", STAGING, "--json")
    assert json.loads(result.output) == {
        "stack": STAGING,
        "given": ["tmdb-token", "llm-api-key"],
        "set": [],
        "missing": [],
    }


def test_what_is_still_missing_is_said(pulumi: Pulumi) -> None:
    result = call("-", "--stack", STAGING, stdin=f"TMDB_TOKEN={TMDB}\n".encode())
    assert "llm-api-key: still missing" in result.output


def test_an_empty_input_is_bad_input(pulumi: Pulumi) -> None:
    assert call("-", "--stack", STAGING, stdin=b"# nothing\n").exit_code == 2


@pytest.mark.attack(12)
def test_a_traceback_shows_no_value(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(cli.store, "put", broken)
    result = call(str(env_file), "--stack", STAGING, "--apply")
    assert isinstance(result.exception, RuntimeError)
    assert shows_no_value(result)


_BROKEN = """
import sys
import ops.import_env.store
from {module} import app

def put(stack, values, root, boundary):
    text = values[0].text
    raise RuntimeError("broken")

ops.import_env.store.put = put
app(["import-env", sys.argv[1], "--stack", sys.argv[2], "--apply"])
"""


@pytest.mark.attack(12)
@pytest.mark.parametrize("module", ["cli.operator_commands", "cli.main", "ops.import_env.cli"])
def test_a_traceback_on_a_terminal_shows_no_local_variable(
    env_file: Path, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = subprocess.run(
        [sys.executable, "-c", _BROKEN.format(module=module), str(env_file), STAGING],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "RuntimeError: broken" in done.stderr
    assert "locals" not in done.stderr
    assert TMDB not in done.stdout + done.stderr


# --- the set-up page, line by line


def documented() -> list[str]:
    """The commands of ENV_SETUP.md's first block, without comments."""
    block = (ROOT / "ENV_SETUP.md").read_text().split("```bash\n")[1].split("```")[0]
    return [line for line in block.splitlines() if not line.startswith("#")]


@pytest.mark.accepts("B23", "B24", "B25")
def test_the_set_up_as_it_is_written_ends_with_values_set_and_no_file_left(
    pulumi: Pulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env.example").write_text((ROOT / ".env.example").read_text())
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    said = ""
    for command in documented():
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, input=""
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        said += done.stdout + done.stderr
        if command.startswith("cp "):
            copy = tmp_path / ".env"
            assert copy.stat().st_mode & 0o777 == 0o600
            copy.write_text(_filled(copy.read_text()))
    assert [arguments[:2] for arguments, _ in pulumi.calls] == [
        ["config", "set"],
        ["config", "set"],
        ["preview", "--stack"],
        ["up", "--stack"],
    ]
    assert [told for _, told in pulumi.calls[:2]] == [TMDB, LLM]
    assert not (tmp_path / ".env").exists()
    assert TMDB not in said
    assert LLM not in said


@pytest.mark.accepts("B24")
def test_the_template_as_it_is_sets_nothing(pulumi: Pulumi, tmp_path: Path) -> None:
    copy = tmp_path / "copied.env"
    copy.write_text((ROOT / ".env.example").read_text())
    copy.chmod(0o600)
    result = call(str(copy), "--stack", STAGING, "--apply")
    assert (result.exit_code, pulumi.calls) == (2, [])


def _filled(template: str) -> str:
    """The values that a developer enters into the template."""
    values = {"TMDB_READ_ACCESS_TOKEN": TMDB, "LLM_API_KEY": LLM}
    return "".join(
        f"{key}={values[key]}\n" if (key := line.partition("=")[0]) in values else f"{line}\n"
        for line in template.splitlines()
    )


# --- render-env

VALUES = {
    "django-secret-key": "canaryDjango0123456789abcdefABCDEF",
    "db-password": "canaryDatabase0123456789abcdefABCD",
    "tmdb-token": TMDB,
    "llm-api-key": LLM,
    "db-host": "db.internal",
    "db-name": "cinematch",
    "db-username": "cinematch_admin",
    "dockerhub-image": "example-org/cinematch",
    "domain-name": "api.cinematch.example.com",
    "image-digest": f"sha256:{'a' * 64}",
}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    settings = stack(STAGING)
    with mock_aws():
        monkeypatch.setattr(cli, "connect", lambda *_: boto3.Session(region_name=settings.region))
        client = boto3.client("ssm", region_name=settings.region)
        for name, value in VALUES.items():
            client.put_parameter(Name=settings.names.parameter(name), Value=value, Type="SecureString")
        yield client
        # Where another test's emulation is still open, this one ends without forgetting them.
        for page in client.get_paginator("get_parameters_by_path").paginate(Path="/", Recursive=True):
            if names := [one["Name"] for one in page["Parameters"]]:
                client.delete_parameters(Names=names)


@pytest.mark.accepts("B46")
def test_the_value_before_has_a_line_once_there_is_one(store: Any, tmp_path: Path) -> None:
    output = tmp_path / ".env"
    assert render("--output", str(output)).exit_code == 0
    assert "SECRET_KEY_PREVIOUS" not in output.read_text()
    name = "/cinematch/staging/django-secret-key-previous"
    store.put_parameter(Name=name, Value="canaryBefore0123", Type="SecureString")
    assert render("--output", str(output)).exit_code == 0
    assert "SECRET_KEY_PREVIOUS=canaryBefore0123\n" in output.read_text()


def render(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["render-env", "--stack", STAGING, *arguments])


def test_the_file_is_the_one_a_host_would_write(store: Any, tmp_path: Path) -> None:
    output = tmp_path / ".env"
    result = render("--output", str(output))
    assert result.exit_code == 0
    lines = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert lines["DB_PASSWORD"] == VALUES["db-password"]
    assert lines["APP_IMAGE"] == f"example-org/cinematch@sha256:{'a' * 64}"
    assert lines["ALLOWED_HOSTS"] == "api.cinematch.example.com,127.0.0.1,localhost"
    assert lines["DEBUG"] == "False"


@pytest.mark.accepts("B20", "B22")
@pytest.mark.attack(12, 38)
def test_the_file_is_for_its_owner_alone_and_no_value_is_shown(store: Any, tmp_path: Path) -> None:
    output = tmp_path / ".env"
    result = render("--output", str(output))
    assert output.stat().st_mode & 0o777 == 0o600
    assert not [value for value in VALUES.values() if value in result.output]
    assert "db-password version 1" in result.output
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


@pytest.mark.attack(38)
def test_a_link_in_its_place_is_replaced(store: Any, tmp_path: Path) -> None:
    victim, output = tmp_path / "victim", tmp_path / ".env"
    victim.write_text("untouched")
    output.symlink_to(victim)
    assert render("--output", str(output)).exit_code == 0
    assert victim.read_text() == "untouched"
    assert not output.is_symlink()


@pytest.mark.failure(38)
def test_a_missing_parameter_keeps_the_old_file(store: Any, tmp_path: Path) -> None:
    output = tmp_path / ".env"
    output.write_text("OLD=1\n")
    store.delete_parameter(Name="/cinematch/staging/tmdb-token")
    result = render("--output", str(output))
    assert result.exit_code == 3
    assert "parameter tmdb-token is not set" in result.output
    assert output.read_text() == "OLD=1\n"


@pytest.mark.attack(37)
def test_a_value_that_readers_might_expand_is_quoted_as_a_host_would(store: Any, tmp_path: Path) -> None:
    put = {"Type": "SecureString", "Overwrite": True}
    store.put_parameter(Name="/cinematch/staging/django-secret-key", Value="a$(id)#b", **put)
    output = tmp_path / ".env"
    assert render("--output", str(output)).exit_code == 0
    assert "SECRET_KEY='a$(id)#b'\n" in output.read_text()
    store.put_parameter(Name="/cinematch/staging/domain-name", Value="a$b", Type="String", Overwrite=True)
    result = render("--output", str(output))
    assert result.exit_code == 3
    assert "parameter domain-name holds characters that need a variable of its own" in result.output


@pytest.mark.attack(37)
def test_a_value_that_env_cannot_carry_is_refused(store: Any, tmp_path: Path) -> None:
    store.put_parameter(
        Name="/cinematch/staging/tmdb-token", Value="$(id) # x", Type="SecureString", Overwrite=True
    )
    result = render("--output", str(tmp_path / ".env"))
    assert result.exit_code == 3
    assert "$(id)" not in result.output


def test_without_a_file_only_versions_are_listed(store: Any, tmp_path: Path) -> None:
    result = render()
    assert result.exit_code == 0
    assert "tmdb-token version 1" in result.output
    assert not [value for value in VALUES.values() if value in result.output]


@pytest.mark.attack(12)
def test_json_of_a_file_holds_versions_only(store: Any, tmp_path: Path) -> None:
    output = tmp_path / ".env"
    result = render("--output", str(output), "--json")
    said = json.loads(result.output)
    assert said["output"] == str(output)
    assert set(said["versions"].values()) == {1}
    secret = [VALUES[name] for name in ("django-secret-key", "db-password", "tmdb-token", "llm-api-key")]
    assert not [value for value in secret if value in result.output]


def test_containers_have_no_env_file() -> None:
    result = CliRunner().invoke(cli.app, ["render-env", "--stack", "staging"])
    assert result.exit_code == 2
    assert "only a stack with a host has a .env file" in result.output


@pytest.mark.attack(38)
def test_a_failed_write_leaves_the_old_file_whole_and_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space")

    output = tmp_path / ".env"
    output.write_text("OLD=1\n")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        cli.render.write(output, "A=1\n")
    assert list(tmp_path.iterdir()) == [output]
    assert output.read_text() == "OLD=1\n"


@pytest.mark.attack(12)
def test_a_parameter_does_not_show_its_value_when_printed() -> None:
    assert TMDB not in repr(cli.render.Found(1, TMDB))


def test_the_example_file_names_exactly_what_an_operator_supplies() -> None:
    settings = stack()
    lines = parse((ROOT / ".env.example").read_bytes())
    for key, secret in settings.secrets.items():
        named = [line for line in lines if line.key in names_of(key, secret)]
        assert len(named) == secret.supplied, key
    assert len(lines) == sum(secret.supplied for secret in settings.secrets.values())


def test_the_example_file_as_it_is_would_be_refused(pulumi: Pulumi) -> None:
    result = call("-", "--stack", STAGING, "--apply", stdin=(ROOT / ".env.example").read_bytes())
    assert result.exit_code == 2
    assert result.output.count("is a placeholder") == 2


@pytest.mark.accepts("B8", "B23", "B31", "B39", "B45")
def test_git_keeps_every_env_file_but_the_example_out(tmp_path: Path) -> None:
    names = [path for path in source_files(ROOT) if Path(path).name.startswith(".env")]
    assert names == [".env.example"]
    shutil.copy(ROOT / ".gitignore", tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name in (".env", ".env.production", "sub/.env"):
        ignored = subprocess.run(["git", "check-ignore", "-q", name], cwd=tmp_path, check=False)
        assert ignored.returncode == 0, name


def test_standard_input_is_limited() -> None:
    with pytest.raises(Refused, match="more than 64 KiB"):
        read_stream(io.BytesIO(b"#" * (MAX_BYTES + 1)))
