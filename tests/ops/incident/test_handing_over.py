"""Tests of what an incident leaves to the operator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ops.core.exits import Exit
from ops.incident import external_secrets as outside
from ops.incident import sessions
from ops.incident.items import Items
from ops.incident.plan import expected
from ops.incident.run import How, incident
from ops.operations import Operation, open_record
from ops.reads import report
from ops.rotation import host
from settings import read_stack_file
from settings.stack_file import ROOT
from tests.ops.rotation.host_stack import Machine, running_host

GO = How(write=True, accept_outage=True)
OUTSIDE = ("tmdb-token", "llm-api-key")
ROLE = "cinematch-ec2-role"


def unfinished(machine: Machine) -> list[str]:
    context = machine.context()
    record = open_record(context)
    return [name for name in expected(context) if not record.done(name)] if record else []


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The host stack after a first run, which ends with items for the operator."""
    with running_host(tmp_path_factory.mktemp("incident-host"), "333344448888") as machine:
        machine.generated = ("django-secret-key", "db-password")
        machine.update()
        for key in OUTSIDE:
            machine.put("leaked" * 6, f"/cinematch/staging/{key}")
        for role in (ROLE, "cinematch-deploy"):
            machine.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument="{}")
        assert incident(machine.context(), GO) == Exit.PARTLY
        yield machine


@pytest.mark.accepts("B55")
def test_is_listed_for_the_operator(handed: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert incident(handed.context(), GO) == Exit.PARTLY
    assert unfinished(handed) == [f"sessions of {ROLE}", *(f"secret {key}" for key in OUTSIDE)]
    said = capsys.readouterr().out
    for key in OUTSIDE:
        assert f"ops import-env --stack cinematch-staging --secret {key} - --apply" in said
    assert "start-instance-refresh --auto-scaling-group-name cinematch-server" in said


@pytest.mark.accepts("B56")
def test_is_printed_as_the_commands_that_replace_what_github_keeps(
    handed: Machine, capsys: pytest.CaptureFixture[str]
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
    handed: Machine, monkeypatch: pytest.MonkeyPatch
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
def test_is_done_once_the_store_has_another_value_and_the_host_took_it(handed: Machine) -> None:
    updates, commands = handed.updates, len(handed.commands())
    handed.put("leaked" * 6, "/cinematch/staging/tmdb-token")
    assert incident(handed.context(), GO) == Exit.PARTLY
    assert "secret tmdb-token" in unfinished(handed)  # another version with the same value
    handed.put("t" * 40, "/cinematch/staging/tmdb-token")
    assert incident(handed.context(), GO) == Exit.PARTLY
    assert "secret llm-api-key" in unfinished(handed)
    assert "secret tmdb-token" not in unfinished(handed)
    handed.put("l" * 40, "/cinematch/staging/llm-api-key")
    assert incident(handed.context(), GO) == Exit.DONE
    assert unfinished(handed) == []
    assert (handed.updates, len(handed.commands())) == (updates, commands + 2)


def test_is_to_look_at_reads_that_nobody_declared(
    handed: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = handed.context(as_json=True)
    operation = Operation.begin(context, "incident", "", intent={"steps": []}, before={})
    items = Items(operation, expected(context))
    for name in items.names:
        items.mark(name, "done")
    group = report.Group("/cinematch/staging/tmdb-token", "stranger", (), ("is not a declared reader",))
    asked: list[datetime] = []
    monkeypatch.setattr(report, "show", lambda context, since: asked.append(since) or [group])
    monkeypatch.setattr(report.Group, "to_dict", lambda self: {"caller": self.caller})
    assert incident(context, GO) == Exit.FINDING
    assert asked == [items.started - timedelta(hours=24)]
    said = json.loads(capsys.readouterr().out)
    assert (said["reads"], said["finished"] is None) == ([{"caller": "stranger"}], False)
