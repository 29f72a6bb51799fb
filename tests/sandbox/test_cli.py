"""Tests of the command line of the sandbox: exit codes and JSON output."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from sandbox import Result, cli, report, terminal
from sandbox.session import Session
from tests.sandbox.toy import HEAD, no_checks, project, sandbox

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
pulumi.export("arn", aws.sns.Topic("t", name="t", display_name=config.get("v") or "one").arn)
"""


def run(command: str, folder: Path, *more: str) -> int:
    return cli.main([command, "--stack", "dev", "--root", str(folder), *more], verify=no_checks)


def test_a_stack_that_comes_up_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("up", project(tmp_path, PROGRAM), "--no-verify") == 0
    out = capsys.readouterr().out
    assert "Update of dev: + 2 create" in out
    assert "arn: arn:aws:sns:eu-west-1:" in out


def test_a_failure_exits_1(tmp_path: Path) -> None:
    assert run("preview", project(tmp_path, "raise pulumi.RunError('no')")) == 1


def test_an_unknown_stack_exits_2_and_names_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path, PROGRAM)
    assert cli.main(["up", "--stack", "prd", "--root", str(folder)], verify=no_checks) == 2
    assert "there is no stack 'prd'" in capsys.readouterr().err


def test_a_stack_file_that_is_no_yaml_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project(tmp_path, PROGRAM)
    (folder / "Pulumi.dev.yaml").write_text("config:\n  a: [\n")
    assert run("up", folder) == 2
    assert "Pulumi.dev.yaml: line 3: invalid YAML" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_wrong_setting_of_a_stack_file_exits_2_before_the_program_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for name in ("Pulumi.yaml", "Pulumi.staging.yaml"):
        (tmp_path / name).write_text(
            (ROOT / name).read_text().replace("gateway: api-gateway", "gateway: api")
        )
    assert cli.main([command, "--stack", "staging", "--root", str(tmp_path)], verify=no_checks) == 2
    assert "platform.gateway=api: is not a declared service" in capsys.readouterr().err


def test_a_checkout_that_cannot_be_written_keeps_no_sandbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project(tmp_path, PROGRAM)
    (folder / ".sandbox").write_text("in the way of the folder")
    assert run("up", folder, "--keep") == 2
    said = capsys.readouterr().err
    assert said.startswith(
        f"error: --keep writes the sandbox's address below {folder}/.sandbox, which cannot be"
    )
    assert "Traceback" not in said


def test_a_wrong_argument_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["up"], verify=no_checks)
    assert ended.value.code == 2


def test_an_interruption_exits_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_carry_out", interrupt)
    assert run("preview", project(tmp_path, PROGRAM)) == 130


def test_policies_are_written_for_code_scanning_and_for_test_reports(tmp_path: Path) -> None:
    pack = str(ROOT / "tests" / "sandbox" / "pack")
    topic = 'aws.sns.Topic("bad", name="bad", display_name="open")'
    files = [tmp_path / "out" / name for name in ("findings.sarif", "policies.xml")]
    options = ["--pack", pack, "--sarif", str(files[0]), "--junit", str(files[1])]
    assert run("preview", project(tmp_path / "p", topic), *options) == 1
    (one,) = json.loads(files[0].read_text())["runs"]
    assert [found["ruleId"] for found in one["results"]] == ["no-open-topics"]
    assert "few-topics" in {rule["id"] for rule in one["tool"]["driver"]["rules"]}
    assert 'failures="1"' in files[1].read_text()


def test_json_holds_the_run(tmp_path: Path) -> None:
    file = tmp_path / "out" / "run.json"
    run("up", project(tmp_path / "p", PROGRAM), "--no-verify", "--json", str(file))
    body = json.loads(file.read_text())
    assert body["exitCode"] == 0
    assert body["counts"] == {"create": 2}
    assert {step["op"] for step in body["steps"]} == {"create"}
    assert set(body["seconds"]) == {"run", "total"}


def test_the_tree_counts_a_resource_for_the_component_above_it(tmp_path: Path) -> None:
    program = """
    class Box(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("x:index:Box", name)
            aws.sns.Topic(f"{name}-a", opts=pulumi.ResourceOptions(parent=self))
            self.register_outputs({})
    Box("box")
    aws.sns.Topic("alone")
    """
    with sandbox(project(tmp_path, program)) as here:
        tree = report.tree(here.preview())
    assert tree.counts == {"create": 1}
    assert [(branch.name, dict(branch.counts)) for branch in tree.inside] == [("box", {"create": 1})]


def test_a_terminal_shows_arns_as_they_are() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:1:secret:[a]/x"
    screen = terminal.console(record=True, width=120, file=io.StringIO())
    terminal.outcome(Result("dev", False, 0, outputs={"arn": arn}), screen)
    assert arn in screen.export_text()


@pytest.mark.parametrize(
    ("dsn", "says"),
    [
        ("port=5432 sslrootcert=/ca.pem", "with host, port and sslrootcert"),
        ("no connection string", "with host, port and sslrootcert"),
        ("host=h port=5432 sslrootcert=/ca.pem password=canary", "put it into PGPASSWORD"),
    ],
)
def test_a_server_that_no_rotation_could_verify_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dsn: str, says: str
) -> None:
    assert run("up", project(tmp_path, PROGRAM), "--postgres", dsn) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "canary" not in said


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    folder = project(tmp_path, PROGRAM)
    command = [sys.executable, "-m", "sandbox", "up", "--stack", "dev", "--root", str(folder)]
    process = subprocess.Popen(
        [*command, "--keep", "--no-verify"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("export "):
            break
    yield folder, process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def test_a_kept_world_is_updated_by_the_next_run_and_seen_by_others(
    kept: tuple[Path, subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, process = kept
    home = Session.of(folder, "dev")
    endpoint = home.endpoint()
    assert endpoint is not None
    assert endpoint.startswith("http://127.0.0.1:")
    assert (home.folder.stat().st_mode & 0o777, home.state.stat().st_mode & 0o777) == (0o700, 0o600)
    assert "display" not in home.state.read_text()
    assert run("up", folder, "--keep") == 2
    assert "is already served at" in capsys.readouterr().err
    assert run("up", folder, "--no-verify") == 0
    assert "done: = 2 same" in capsys.readouterr().out
    (folder / "__main__.py").write_text(HEAD + PROGRAM.replace('"one"', '"two"'))
    assert run("up", folder, "--no-verify") == 0
    assert "~ 1 update" in capsys.readouterr().out
    sns = boto3.client(
        "sns",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
    )
    (topic,) = sns.list_topics()["Topics"]
    assert sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]["DisplayName"] == "two"
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert not home.folder.exists()


def test_a_kept_world_is_refreshed_and_destroyed(
    kept: tuple[Path, subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = kept
    sns = boto3.client(
        "sns",
        endpoint_url=Session.of(folder, "dev").endpoint(),
        region_name="eu-west-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
    )
    assert run("refresh", folder) == 0
    assert "done: = 2 same" in capsys.readouterr().out
    sns.delete_topic(TopicArn=sns.list_topics()["Topics"][0]["TopicArn"])
    assert run("refresh", folder) == 0
    shown = capsys.readouterr().out
    assert "Refresh of dev: - 1 delete  = 1 same" in shown
    assert "- delete aws:sns/topic:Topic t" in shown
    assert run("up", folder, "--no-verify") == 0
    capsys.readouterr()
    assert run("destroy", folder) == 0
    assert "Destroy of dev: - 2 delete" in capsys.readouterr().out
    assert sns.list_topics()["Topics"] == []


@pytest.mark.parametrize("command", ["refresh", "destroy"])
def test_a_stack_that_is_not_kept_has_nothing_to_refresh_or_destroy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(command, project(tmp_path, PROGRAM)) == 2
    assert "stack dev is not kept: run `python -m sandbox up --stack dev --keep`" in capsys.readouterr().err


def test_a_dead_world_is_not_found(tmp_path: Path) -> None:
    home = Session.of(tmp_path, "dev")
    home.note("http://127.0.0.1:9")
    assert home.endpoint() is None
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    time.sleep(0.01)
    home.control.write_text(json.dumps({"endpoint": "http://127.0.0.1:9", "pid": ended.pid}))
    assert home.endpoint() is None
    assert os.stat(home.folder).st_mode & 0o777 == 0o700


def test_without_the_pulumi_cli_its_engine_exits_2_and_says_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for command in ("preview", "up"):
        assert run(command, project(tmp_path, PROGRAM), "--engine", "pulumi") == 2
        assert "run `make engine`" in capsys.readouterr().err


def test_an_unknown_engine_exits_2(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        run("up", tmp_path, "--engine", "terraform")
    assert ended.value.code == 2
