"""Tests of the command line of ``ops``: exit codes, one message per error, no traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from typer.testing import CliRunner

from cli.operator_commands import app
from ops.bootstrap import cli as bootstrap_cli
from ops.checks import cli as checks_cli
from ops.core.exits import Exit
from ops.core.findings import Finding, Report
from settings import Settings, SettingsError
from tests.ops.conftest import EMPTY_ACCOUNT
from tests.ops.live import declared

FINDING = Finding(
    "network-vpc",
    ("A21",),
    "aiponge-vpc",
    "does not exist, or several VPCs have this name",
    "run `pulumi up`",
)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (checks_cli, bootstrap_cli):
        monkeypatch.setattr(module, "read_stack_file", lambda stack: declared(account=EMPTY_ACCOUNT))


@pytest.mark.attack(43)
@pytest.mark.parametrize("command", ["verify", "launch-checklist", "prelaunch", "preflight", "bootstrap"])
def test_the_stack_must_always_be_named(command: str) -> None:
    result = run(command)
    assert result.exit_code == Exit.BAD_INPUT
    assert "--stack" in result.output


@pytest.mark.attack(43)
def test_an_unknown_stack_is_bad_input_with_the_known_ones() -> None:
    result = run("verify", "--stack", "pord")
    assert result.exit_code == Exit.BAD_INPUT
    assert "choose one of: " in result.output
    assert "prod" in result.output


def test_a_wrong_stack_file_is_bad_input_with_every_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(stack: str) -> Settings:
        raise SettingsError(stack, ["network.azs=1: set 2, 3 or 4", "region: missing"])

    monkeypatch.setattr(checks_cli, "read_stack_file", read)
    result = run("preflight", "--stack", "prod")
    assert result.exit_code == Exit.BAD_INPUT
    assert "network.azs=1" in result.output
    assert "region: missing" in result.output


@pytest.mark.failure(17)
@pytest.mark.attack(43)
@pytest.mark.parametrize("command", ["verify", "launch-checklist", "prelaunch", "preflight", "bootstrap"])
@pytest.mark.usefixtures("signed_in")
def test_credentials_of_another_account_are_refused(command: str) -> None:
    result = run(command, "--stack", "staging")
    assert result.exit_code == Exit.REFUSED
    expected = f"stack staging is bound to account 111122223333, credentials are {EMPTY_ACCOUNT}"
    assert result.output.startswith(expected)


@pytest.mark.attack(12, 43)
@pytest.mark.parametrize(
    ("error", "text"),
    [
        (NoCredentialsError(), "no usable AWS credentials: set AWS_PROFILE"),
        (EndpointConnectionError(endpoint_url="https://sts"), "AWS cannot be reached"),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "secret"}}, "GetCallerIdentity"),
            "the AWS session has expired: sign in again",
        ),
        (
            ClientError({"Error": {"Code": "InvalidClientTokenId"}}, "GetCallerIdentity"),
            "AWS rejected the credentials",
        ),
        (
            ClientError({"Error": {"Code": "Throttling", "Message": "secret"}}, "GetCallerIdentity"),
            "the AWS call GetCallerIdentity failed: Throttling",
        ),
    ],
    ids=["none", "offline", "expired", "unknown", "throttled"],
)
@pytest.mark.usefixtures("stack")
def test_what_aws_refuses_is_one_sentence_and_code_5(
    monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", fail)
    result = run("verify", "--stack", "staging")
    assert result.exit_code == Exit.UNREACHABLE
    assert result.output.startswith(text)
    assert "secret" not in result.output
    assert result.output.count("\n") == 1


@pytest.mark.usefixtures("stack", "signed_in")
class TestVerify:
    @pytest.fixture
    def answered(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        def answer(*findings: Finding) -> None:
            monkeypatch.setattr(checks_cli, "run", lambda *_: Report(list(findings), 7))

        return answer

    def test_without_findings_ends_with_0(self, answered: Any) -> None:
        answered()
        result = run("verify", "--stack", "staging")
        assert (result.exit_code, result.output) == (Exit.DONE, "staging: 7 checks, 0 findings\n")

    def test_with_a_finding_ends_with_1_and_one_line_each(self, answered: Any) -> None:
        answered(FINDING)
        result = run("verify", "--stack", "staging")
        assert result.exit_code == Exit.FINDING
        assert result.output.splitlines() == [
            "aiponge-vpc: does not exist, or several VPCs have this name; run `pulumi up` [network-vpc]",
            "staging: 7 checks, 1 finding",
        ]

    def test_with_nothing_but_silence_ends_with_5(self, answered: Any) -> None:
        answered(Finding("network-vpc", (), "network-vpc", "cannot be checked", "rerun", unanswered=True))
        assert run("verify", "--stack", "staging").exit_code == Exit.UNREACHABLE

    @pytest.mark.attack(42)
    def test_against_another_stack_finds_what_both_hold(
        self, answered: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answered()
        shared = Finding("values-against", ("B43",), "a", "has the same value as prod", "rotate one of them")
        monkeypatch.setattr(checks_cli, "compare", lambda *_: Report([shared], 1))
        result = run("verify", "--stack", "staging", "--against", "staging")
        assert result.exit_code == Exit.FINDING
        assert "has the same value as prod" in result.output

    def test_with_json_writes_one_document(self, answered: Any) -> None:
        answered(FINDING)
        result = run("verify", "--stack", "staging", "--json")
        assert json.loads(result.stdout) == {
            "stack": "staging",
            "checks": 7,
            "lookedAt": [],
            "findings": [FINDING.to_dict()],
        }

    def test_of_an_empty_account_finds_what_is_missing(self) -> None:
        result = run("verify", "--stack", "staging")
        assert result.exit_code == Exit.FINDING
        assert "aiponge-vpc: does not exist, or several VPCs have this name" in result.output
        assert "aiponge/entry-encryption-key: is not in Secrets Manager" in result.output

    def test_interrupted_ends_with_130(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(checks_cli, "run", interrupt)
        result = run("verify", "--stack", "staging")
        assert result.exit_code == Exit.INTERRUPTED
        assert "interrupted" in result.output


@pytest.mark.usefixtures("stack", "signed_in")
def test_the_launch_checklist_of_an_empty_account_ticks_nothing() -> None:
    result = run("launch-checklist", "--stack", "staging")
    assert result.exit_code == Exit.FINDING
    lines = [line for line in result.output.splitlines() if line.startswith("[")]
    assert len(lines) == 10
    assert all(line.startswith("[ ] ") for line in lines)


@pytest.mark.usefixtures("stack", "signed_in")
def test_preflight_ends_with_1_where_something_is_missing() -> None:
    result = run("preflight", "--stack", "staging", "--json")
    assert result.exit_code == Exit.FINDING
    assert {one["check"] for one in json.loads(result.stdout)["findings"]} >= {"preflight-certificate"}
