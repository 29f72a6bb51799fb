"""The page of a stack that runs in the sandbox, with a security group rule that somebody added by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import report_commands
from cli.kept_sandbox import deployed
from cli.main import app
from cli.sandbox_run import LiveChecks
from ops.checks.verify.secrets.leaks import spellings
from ops.core.exits import Exit
from report.schema import Report
from sandbox import Result, Sandbox
from settings import Settings, read_stack_file
from tests.accounts import own_account
from tests.report.conftest import Open

STACK = "staging"
ADDED = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}


@dataclass
class Running:
    sandbox: Sandbox
    result: Result
    file: Path
    settings: Settings

    def values(self) -> dict[str, str]:
        """Every current value in the store."""
        client = self.sandbox.client("secretsmanager")
        names = [one["Name"] for one in client.list_secrets()["SecretList"]]
        return {name: client.get_secret_value(SecretId=name)["SecretString"] for name in names}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    own, checks = own_account(STACK), LiveChecks()
    with Sandbox(STACK, config=own) as sandbox:
        first = sandbox.up(policies=False)
        assert first.exit_code == 0, first.error
        ec2 = sandbox.client("ec2")
        (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["aiponge-rds"]}])[
            "SecurityGroups"
        ]
        ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[ADDED])
        result = sandbox.up(verify=checks)
        # The page is written into the project's folder: here into another one.
        sandbox.root = tmp_path_factory.mktemp("project")
        (sandbox.root / "policies").mkdir()
        (sandbox.root / "policies" / "exemptions.yaml").write_text("[]")
        for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
            (sandbox.root / name).write_text((Path(__file__).parents[2] / name).read_text())
        checks.write_page(sandbox, result)
        settings = read_stack_file(STACK)
        account = {"account_id": own["strongroom:accountId"], "administrators": ()}
        yield Running(sandbox, result, sandbox.root / result.page, settings.model_copy(update=account))


def test_the_page_is_written_into_the_build_folder(running: Running) -> None:
    assert running.result.page == f"build/report/{STACK}.html"
    assert running.file.is_file()
    assert running.result.url == "https://api.staging.aiponge.example.com"


def test_no_value_of_a_secret_is_in_the_page(running: Running) -> None:
    text = running.file.read_text()
    values = running.values()
    assert len(values) >= 8
    assert [name for name, value in values.items() for one in spellings(value) if one in text] == []


def test_the_browser_shows_what_verification_found(running: Running, open_page: Open) -> None:
    page = open_page(running.file).page
    page.click("svg a[data-part=database]")
    assert "high" in page.inner_text("details.part[open]")
    report = json.loads(page.inner_text("#report"))
    found = [one["rule"] for one in report["findings"] if one["severity"] == "high"]
    assert found
    assert page.is_visible(f"#rule-{found[0]} .remedy")


def test_the_browser_shows_the_weight_of_the_whole_stack(running: Running, open_page: Open) -> None:
    report = Report.model_validate_json(open_page(running.file).page.inner_text("#report"))
    assert len(report.architecture.resources) == len(deployed(running.sandbox))
    assert running.file.stat().st_size < 1_500_000


@pytest.fixture
def command(running: Running, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``strongroom report`` on the same stack, as if it ran in AWS and the Pulumi CLI had its state."""

    class Cli:
        def resources(self) -> Any:
            return deployed(running.sandbox)

    monkeypatch.setattr(
        report_commands,
        "read_stack_file",
        lambda stack: running.settings if stack == STACK else read_stack_file(stack),
    )
    monkeypatch.setattr(report_commands, "connect", lambda *_: running.sandbox.session)
    monkeypatch.setattr(report_commands, "pulumi_cli", lambda *_: Cli())
    return lambda *given: CliRunner().invoke(app, ["report", "--stack", STACK, *given])


def test_the_command_writes_the_page_and_exits_1_with_findings(command: Any, tmp_path: Path) -> None:
    file = tmp_path / "new" / "page.html"
    done = command("--output", str(file), "--against", "prod")
    assert done.exit_code == Exit.FINDING, done.output
    assert f"page: {file}" in done.stdout
    assert "Differences from prod" in file.read_text()


def test_the_command_prints_the_document_as_json(command: Any) -> None:
    report = Report.model_validate_json(command("--json").stdout)
    assert report.source == "aws"
    assert any("pulumi preview" in one for one in report.not_covered)


def test_the_page_names_what_the_sandbox_cannot_check(running: Running) -> None:
    assert "not checkable in the sandbox" in running.file.read_text()
