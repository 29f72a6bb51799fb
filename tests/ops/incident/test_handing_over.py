"""What an incident cannot do itself."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.core.exits import Exit, Stop
from ops.incident import external_secrets as outside
from ops.incident import sessions
from ops.incident.journal import begun, opened
from ops.incident.plan import expected
from ops.incident.run import How, incident
from ops.reads import report
from ops.rotation import host
from settings import read_stack_file
from settings.stack_file import ROOT
from tests.ops.stack_folder import StackFolder

GO = How(write=True, reason="drill", accept_outage=True)
OUTSIDE = ("tmdb-token", "llm-api-key")
ROLE = "cinematch-ec2-role"


def put(home: StackFolder, name: str, value: str) -> None:
    """A new value, as an update puts it."""
    home.client("ssm").put_parameter(
        Name=f"/cinematch/staging/{name}",
        Value=value,
        Type="SecureString",
        KeyId="alias/cinematch-secrets",
        Overwrite=True,
    )


def unfinished(home: StackFolder) -> list[str]:
    journal = opened(home.root, home.stack, home.context().settings.account_id)
    return journal.unfinished if journal else []


@pytest.fixture(scope="module")
def handed(machine: StackFolder) -> StackFolder:
    """The host's stack after a first run, which ends with work for people."""
    assert incident(machine.context(), GO) == Exit.PARTLY
    return machine


@pytest.mark.accepts("B55")
def test_is_listed_for_the_operator(handed: StackFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert incident(handed.context(), GO) == Exit.PARTLY
    assert unfinished(handed) == [f"sessions of {ROLE}", *(f"secret {key}" for key in OUTSIDE)]
    said = capsys.readouterr().out
    for key in OUTSIDE:
        assert f"ops import-env --stack cinematch-staging --secret {key} - --apply" in said
    assert "start-instance-refresh --auto-scaling-group-name cinematch-server" in said


@pytest.mark.accepts("B56")
def test_is_printed_as_the_commands_that_replace_what_github_keeps(
    handed: StackFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    incident(handed.context(), How())
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("GitHub")]
    assert lines == ["GitHub: gh secret set DOCKERHUB_TOKEN --repo example-org/cinematch --env staging"]


@pytest.mark.accepts("B54", "B56")
def test_at_github_is_every_secret_that_a_workflow_reads_and_no_name() -> None:
    read = re.findall(r"secrets\.(\w+)", (ROOT / ".github" / "workflows" / "deploy-host.yml").read_text())
    assert set(read) - {"DOCKERHUB_USERNAME"} == set(outside.GITHUB_SECRETS)
    assert outside.github(read_stack_file("staging")) == []


@pytest.mark.accepts("B60")
def test_is_the_hosts_own_session_which_its_agent_needs_until_it_is_replaced(
    handed: StackFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = handed.client("iam")
    assert sessions.POLICY not in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    assert sessions.POLICY in iam.list_role_policies(RoleName="cinematch-deploy")["PolicyNames"]
    later = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setattr(host, "running", lambda context: {"i-new": later})
    assert incident(handed.context(), GO) == Exit.PARTLY
    assert sessions.POLICY in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    assert f"sessions of {ROLE}" not in unfinished(handed)


@pytest.mark.accepts("B55")
def test_is_done_once_the_store_has_another_version_and_the_host_took_it(handed: StackFolder) -> None:
    updates, commands = handed.updates, len(sent(handed))
    put(handed, "tmdb-token", "t" * 40)
    assert incident(handed.context(), GO) == Exit.PARTLY
    assert "secret llm-api-key" in unfinished(handed)
    assert "secret tmdb-token" not in unfinished(handed)
    put(handed, "llm-api-key", "l" * 40)
    assert incident(handed.context(), GO) == Exit.DONE
    assert unfinished(handed) == []
    assert (handed.updates, len(sent(handed))) == (updates, commands + 2)


def sent(home: StackFolder) -> list[Any]:
    return home.client("ssm").list_commands()["Commands"]


def test_is_to_look_at_reads_that_nobody_declared(
    handed: StackFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = handed.context(as_json=True)
    journal = begun(handed.root, handed.stack, context.settings.account_id, "drill", datetime.now(UTC))
    for name in expected(context):
        journal.mark(name, "done")
    group = report.Group("/cinematch/staging/tmdb-token", "stranger", (), ("is not a declared reader",))
    asked: list[datetime] = []
    monkeypatch.setattr(report, "show", lambda context, since: asked.append(since) or [group])
    monkeypatch.setattr(report.Group, "to_dict", lambda self: {"caller": self.caller})
    assert incident(context, GO) == Exit.FINDING
    assert asked == [journal.started - timedelta(hours=24)]
    said = json.loads(capsys.readouterr().out)
    assert (said["reads"], said["finished"] is None) == ([{"caller": "stranger"}], False)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"stack": "staging"}'])
def test_a_journal_that_cannot_be_read_is_left_to_people(machine: StackFolder, text: str) -> None:
    path = begun(machine.root, "other", "1", "", datetime.now(UTC)).path
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    with pytest.raises(Stop, match=f"{path.name} is no journal of ours") as stop:
        opened(machine.root, "other", "1")
    assert stop.value.code == Exit.BAD_INPUT


@pytest.mark.attack(43)
def test_a_journal_of_another_account_is_not_gone_on_with(machine: StackFolder) -> None:
    journal = begun(machine.root, "prod", "111122223333", "", datetime.now(UTC))
    journal.save()
    with pytest.raises(Stop, match="is of account 111122223333, not 1") as stop:
        opened(machine.root, "prod", "1")
    assert stop.value.code == Exit.REFUSED


def test_a_journal_of_another_stack_is_another_incident(machine: StackFolder) -> None:
    begun(machine.root, "aiponge-prod", "1", "", datetime.now(UTC)).save()
    assert opened(machine.root, "aiponge", "1") is None
    assert opened(machine.root, "aiponge-prod", "1") is not None
