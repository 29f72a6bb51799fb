"""Tests of ``ops exec`` and ``ops tunnel``, with a plugin that records what it is given."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ops.access import sessions
from ops.core.exits import Exit, Stop
from tests.ops.access.fake_aws import TASK, FakeAws, context_of, host_settings, with_exec

TOKEN = "token-of-the-session"
RUNTIME = "1a2b-0123456789"
DATABASE = {"DBInstanceIdentifier": "x", "Endpoint": {"Address": "db.internal", "Port": 5432}}


class Plugin:
    """A session-manager-plugin on the path; what it was given is in files."""

    def __init__(self, folder: Path, version: str, code: int = 0) -> None:
        self.folder = folder
        script = folder / "session-manager-plugin"
        script.write_text(
            "#!/bin/sh\n"
            f'if [ "$1" = --version ]; then echo {version}; exit 0; fi\n'
            f'printf "%s\\n" "$@" > {folder}/argv\n'
            f'printf %s "$AWS_SSM_START_SESSION_RESPONSE" > {folder}/response\n'
            f"exit {code}\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IEXEC)

    @property
    def argv(self) -> list[str]:
        return (self.folder / "argv").read_text().splitlines()

    @property
    def response(self) -> dict[str, Any]:
        return json.loads((self.folder / "response").read_text())


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return Plugin(tmp_path, "1.2.650.0")


def ssm() -> mock.Mock:
    client = mock.Mock()
    client.meta.endpoint_url = "https://ssm.eu-west-1.amazonaws.com"
    client.start_session.return_value = {
        "SessionId": "s-1",
        "TokenValue": TOKEN,
        "StreamUrl": "wss://x",
        "ResponseMetadata": {"RequestId": "r"},
    }
    return client


def containers() -> FakeAws:
    client = mock.Mock()
    client.execute_command.return_value = {"session": {"sessionId": "s-1", "tokenValue": TOKEN}}
    started = {"name": "storage", "runtimeId": RUNTIME}
    running = {"taskArn": TASK, "lastStatus": "RUNNING", "startedAt": "2", "containers": [started]}
    older = {**running, "taskArn": f"{TASK}0", "startedAt": "1"}
    return FakeAws(
        {"ssm": ssm(), "ecs": client},
        lists={"list_tasks": [TASK], "describe_tasks": [older, running], "describe_db_instances": [DATABASE]},
    )


def host() -> FakeAws:
    settings = host_settings()
    instances = [{"InstanceId": "i-1", "LifecycleState": "InService"}]
    group = {"AutoScalingGroupName": settings.names.host_name, "Instances": instances}
    lists: dict[str, list[Any]] = {
        "describe_auto_scaling_groups": [group],
        "describe_db_instances": [DATABASE],
    }
    return FakeAws({"ssm": ssm()}, lists=lists)


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.access.sessions.database.instance", lambda aws: DATABASE)


def test_a_shell_is_opened_in_the_newest_task(plugin: Plugin) -> None:
    aws = containers()
    assert sessions.exec_command(context_of(aws, with_exec()), "storage", "/bin/sh") is Exit.DONE
    aws.clients["ecs"].execute_command.assert_called_once_with(
        cluster="aiponge-staging", task=TASK, container="storage", interactive=True, command="/bin/sh"
    )
    assert json.loads(plugin.argv[4]) == {"Target": f"ecs:aiponge-staging_1a2b_{RUNTIME}"}


def test_a_shell_is_opened_on_the_host(plugin: Plugin) -> None:
    aws = host()
    assert sessions.exec_command(context_of(aws, host_settings()), None, "/bin/sh") is Exit.DONE
    aws.clients["ssm"].start_session.assert_called_once_with(Target="i-1")


def test_the_token_is_in_the_environment_and_on_no_command_line(plugin: Plugin) -> None:
    sessions.exec_command(context_of(host(), host_settings()), None, "/bin/sh")
    assert plugin.response == {"SessionId": "s-1", "TokenValue": TOKEN, "StreamUrl": "wss://x"}
    assert TOKEN not in " ".join(plugin.argv)
    assert plugin.argv[:3] == ["AWS_SSM_START_SESSION_RESPONSE", "eu-west-2", "StartSession"]
    assert plugin.argv[-1] == "https://ssm.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("aws", "settings", "target"),
    [(containers, with_exec, f"ecs:aiponge-staging_1a2b_{RUNTIME}"), (host, host_settings, "i-1")],
)
def test_a_tunnel_forwards_a_local_port_to_the_database(
    plugin: Plugin, aws: Any, settings: Any, target: str
) -> None:
    fake = aws()
    context = context_of(fake, settings())
    through = None if target == "i-1" else "storage"
    assert sessions.tunnel(context, "database", through, 15432) is Exit.DONE
    fake.clients["ssm"].start_session.assert_called_once_with(
        Target=target,
        DocumentName="AWS-StartPortForwardingSessionToRemoteHost",
        Parameters={"host": ["db.internal"], "portNumber": ["5432"], "localPortNumber": ["15432"]},
    )


def test_a_tunnel_leads_to_the_database_only(plugin: Plugin) -> None:
    with pytest.raises(Stop, match="cache: a tunnel leads to database"):
        sessions.tunnel(context_of(containers(), with_exec()), "cache", None, 1)


def test_a_stack_without_ecs_exec_says_what_to_change(plugin: Plugin) -> None:
    with pytest.raises(Stop, match="execEnabled is false") as stop:
        sessions.exec_command(context_of(containers()), "storage", "/bin/sh")
    assert stop.value.code is Exit.REFUSED


def test_a_service_without_a_task_is_named(plugin: Plugin) -> None:
    aws = containers()
    aws.lists["describe_tasks"] = []
    with pytest.raises(Stop, match="service storage has no running task"):
        sessions.exec_command(context_of(aws, with_exec()), "storage", "/bin/sh")


def test_a_plugin_that_fails_is_a_failure(plugin: Plugin) -> None:
    Plugin(plugin.folder, "1.2.650.0", code=255)
    assert sessions.exec_command(context_of(host(), host_settings()), None, "/bin/sh") is Exit.FINDING


def test_a_missing_plugin_is_named_with_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(Stop, match=r"session-manager-plugin is not installed; install it: https://"):
        sessions.exec_command(context_of(host(), host_settings()), None, "/bin/sh")


def test_a_plugin_that_takes_the_token_on_its_command_line_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plugin(tmp_path, "1.2.463.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(Stop, match=r"1\.2\.463\.0 is older than 1\.2\.497"):
        sessions.exec_command(context_of(host(), host_settings()), None, "/bin/sh")
