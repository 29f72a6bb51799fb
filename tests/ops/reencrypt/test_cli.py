"""Tests of ``ops reencrypt``: exit codes, dry runs, and output without values."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

import ops
from ops.reencrypt import cli
from ops.reencrypt.sources import read
from settings import Settings, read_stack_file
from tests.ops.reencrypt.rows import KEYS, NEW, OLD, RING, TARGET, Diary, alone, cell, document

ROOT = Path(ops.__file__).parents[1]
ROWS = "lib_entries.content"
KEYRING = "aiponge/entry-encryption-keyring"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of staging, with ``envelope: enc2``."""
    real = read_stack_file("staging")
    entry = real.secrets["entry-encryption-key"].model_copy(update={"envelope": "enc2"})
    settings = real.model_copy(update={"secrets": real.secrets | {"entry-encryption-key": entry}})
    monkeypatch.setattr(cli, "read_stack_file", lambda _: settings)
    return settings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setenv("KEYRING", document())
    if "diary" in request.fixturenames:
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("diary").stack_dsn)


def run(*arguments: str, column: str = ROWS, ring: str = "env:KEYRING") -> Result:
    common = ["--stack", "staging", "--column", column, "--ring", ring]
    result = CliRunner().invoke(cli.app, [*common, *arguments])
    for text in KEYS.values():
        assert text not in result.output
    return result


@pytest.mark.accepts("A10")
def test_counts_and_changes_nothing_without_apply(settings: Settings, diary: Diary) -> None:
    diary.fill_legacy(30)
    before = diary.stored()
    result = run()
    assert result.exit_code == 0
    assert f"{TARGET}: 30 rows: 30 under {OLD}, 30 of them as ENC:, 0 plain, 0 unreadable" in result.stdout
    assert "nothing was changed" in result.stdout
    assert diary.stored() == before


@pytest.mark.accepts("A10")
def test_renews_with_apply(settings: Settings, diary: Diary) -> None:
    diary.fill_legacy(30)
    result = run("--apply")
    assert result.exit_code == 0
    assert f"{TARGET}: 30 rows re-encrypted in 2 passes" in result.stdout
    assert diary.by_key() == {f"{NEW} ENC2": 30}


def test_answers_programs_in_one_document(settings: Settings, diary: Diary) -> None:
    diary.fill_legacy(3)
    result = run("--apply", "--json")
    answer = json.loads(result.stdout)
    assert (answer["stack"], answer["current"], answer["applied"]) == ("staging", NEW, True)
    assert (answer["columns"][0]["written"], answer["columns"][0]["poison"]) == (3, [])


def test_reports_progress_in_json_lines_where_nobody_watches(settings: Settings, diary: Diary) -> None:
    diary.fill_legacy(3)
    lines = [json.loads(line) for line in run("--apply").stderr.splitlines()]
    assert lines[-1]["progress"] == "lib_entries.content pass 2"
    assert sum(line["written"] for line in lines) == 3


def test_finds_rows_that_no_key_opens(settings: Settings, diary: Diary) -> None:
    (key,) = diary.fill([(b"", alone(4).seal(b"x", cell(uuid.uuid4())))])
    result = run("--apply")
    assert result.exit_code == 1
    assert f"unknown-kid: row {key}" in result.stdout


def test_verifies_and_says_when_an_old_key_is_still_needed(settings: Settings, diary: Diary) -> None:
    diary.fill_legacy(3)
    assert run("--verify").exit_code == 1
    assert run("--apply").exit_code == 0
    assert run("--verify", "--apply").exit_code == 0
    with diary.connect() as connection:
        query = "SELECT target, kid, old FROM strongroom.reencrypt_verification"
        assert connection.execute(query).fetchall() == [(str(TARGET), NEW, 0)]


@pytest.mark.accepts("A10")
def test_uses_envelopes_only_where_the_stack_file_says_that_readers_know_them(diary: Diary) -> None:
    diary.fill_legacy(3)
    result = run("--mode", "enc2", "--apply")
    assert result.exit_code == 3
    assert "not declared `envelope: enc2`" in result.output
    assert run("--apply").exit_code == 0
    assert diary.by_key() == {f"{NEW} ENC": 3}, "staging as it is shipped reads the old format"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--mode", "aes"], "--mode must be legacy or enc2"),
        (["--workers", "0"], "--workers must be 1 or more"),
        (["--secret", "jwt-secret"], "declared are: entry-encryption-key"),
        (["--database", "stdin", "--ring", "stdin"], "stdin provides one value"),
        (
            ["--column", "lib_entries"],
            "encryptedColumns lacks this column; declared are: lib_entries.content",
        ),
        (["--page-bytes", "0"], "--page-bytes must be 1 or more"),
        (["--database", "env:NOT_THERE"], "environment variable NOT_THERE is not set"),
    ],
)
def test_refuses_bad_input_in_one_sentence(settings: Settings, arguments: list[str], problem: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert problem in result.output
    assert "Traceback" not in result.output


def test_takes_every_declared_column_by_itself(settings: Settings, diary: Diary) -> None:
    diary.fill_legacy(3)
    result = CliRunner().invoke(cli.app, ["--stack", "staging", "--ring", "env:KEYRING"])
    assert result.exit_code == 2
    assert "usr_insights.content: there is no table usr_insights" in result.output


def test_says_that_no_value_proves_nothing(settings: Settings, diary: Diary) -> None:
    result = run("--verify", "--apply")
    assert result.exit_code == 1
    assert "no value was decrypted, so nothing is verified (declare mayBeEmpty" in result.stdout


def test_names_undeclared_columns(settings: Settings, diary: Diary) -> None:
    diary.fill_legacy(3, generation=2)
    assert run("--verify").exit_code == 0
    with diary.connect() as connection:
        connection.execute("CREATE TABLE history AS SELECT * FROM lib_entries")
    result = run("--verify")
    assert result.exit_code == 1
    assert "public.history.content: holds values that look encrypted and is not declared" in result.stdout
    assert json.loads(run("--json").stdout)["undeclared"][0]["column"] == "public.history.content"


def test_refuses_a_database_that_is_not_the_stacks(
    settings: Settings, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", diary.dsn)
    result = run("--apply")
    assert result.exit_code == 3
    assert "the database's host is not the stack's instance aiponge-rds.(...).eu-west-1" in result.output
    assert "localhost" not in result.output


@pytest.mark.finding(12)
@pytest.mark.attack(17)
def test_refuses_a_ring_that_is_older_than_the_stack_file(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = read_stack_file("staging")
    entry = real.secrets["entry-encryption-key"].model_copy(update={"generation": 3})
    settings = real.model_copy(update={"secrets": real.secrets | {"entry-encryption-key": entry}})
    monkeypatch.setattr(cli, "read_stack_file", lambda _: settings)
    result = run("--apply")
    assert result.exit_code == 3
    expected = "generation 2 is current in this key ring, but the stack file declares generation 3"
    assert expected in result.output


@pytest.mark.attack(16)
@pytest.mark.attack(17)
def test_refuses_a_ring_that_is_none(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYRING", document().replace('"status":"current"', '"status":"next"'))
    result = run()
    assert result.exit_code == 2
    assert "the key ring is invalid: ring: exactly one key is current, not 0" in result.output


@pytest.mark.attack(12)
@pytest.mark.parametrize("option", ["--ring", "--database"])
@pytest.mark.parametrize(
    "value", ["hush", "hush:hush", "postgresql://u:hush@h/d", "fd:hush", '{"schema":"hush"}']
)
def test_refuses_a_value_on_the_command_line_without_quoting_it(
    settings: Settings, option: str, value: str
) -> None:
    result = run(option, value)
    assert result.exit_code == 2
    assert f"{option}: must be secret:NAME" in result.output
    assert "hush" not in result.output


@pytest.mark.attack(12)
def test_keeps_values_out_of_argv_and_output(diary: Diary) -> None:
    diary.fill_legacy(3)
    reading, writing = os.pipe()
    os.write(writing, document().encode())
    os.close(writing)
    code = "from ops.reencrypt.cli import app; app()"
    command = [sys.executable, "-c", code, "--stack", "staging", "--column", ROWS, "--ring", f"fd:{reading}"]
    process = subprocess.run(
        [*command, "--database", "stdin", "--apply"],
        input=diary.stack_dsn + "\n",
        pass_fds=[reading],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    os.close(reading)
    assert process.returncode == 0, process.stderr
    assert diary.by_key() == {f"{NEW} ENC": 3}
    shown = process.stdout + process.stderr
    assert diary.postgres.password not in shown
    assert not any(text in shown for text in KEYS.values())


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.Session(region_name="eu-central-1")


def test_reads_the_ring_by_its_name_in_the_store(aws: Any) -> None:
    aws.client("secretsmanager").create_secret(Name=KEYRING, SecretString=document())
    assert read("--ring", f"secret:{KEYRING}", lambda: aws) == document()


def test_says_that_a_secret_has_no_value(aws: Any) -> None:
    with pytest.raises(Exception, match="has no value in Secrets Manager"):
        read("--ring", f"secret:{KEYRING}", lambda: aws)


def test_reads_the_ring_of_the_secret_by_default(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def remember(option: str, source: str, session: object) -> str:
        asked.append(source)
        return document()

    monkeypatch.setattr(cli.sources, "read", remember)
    options = cli.Options([ROWS], "env:DATABASE_URL", None, None, None, False, {})
    with pytest.raises(Exception, match="cannot be read"):
        cli._sources(options, settings, "entry-encryption-key", None)
    assert asked[0] == f"secret:{KEYRING}"
    assert RING.current.kid == NEW
