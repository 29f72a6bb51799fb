"""Tests of `python -m deploy`: variables, order and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy import __main__ as command
from settings.stack_file import ROOT
from tests.deploy.scripted import Refused, Scripted

IMAGE = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user@sha256:{'b' * 64}"
ENV = {
    "CONTRACT": "/aiponge/prod",
    "SERVICE": "user",
    "IMAGE": IMAGE,
    "MIGRATE": "migrate",
    "FIRST_TASKS": "2",
    "TIMEOUT_MINUTES": "1",
    "HEALTH": "/health/",
}

Answered = Callable[..., dict[str, Scripted]]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Answered:
    """Replaces the clients of AWS."""

    def replace(**clients: Scripted) -> dict[str, Scripted]:
        monkeypatch.setattr(command, "client", lambda service: clients[service].client)
        return clients

    return replace


@pytest.mark.parametrize("arguments", [[], ["deploy"], ["image", "migrate"]])
def test_another_command_is_refused_with_those_that_exist(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments, {}) == 2
    assert capsys.readouterr().err == "usage: python -m deploy image|migrate|service|host\n"


@pytest.mark.parametrize("name", command.COMMANDS)
def test_all_missing_variables_are_named_at_once(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([name], {}) == 2
    needed = ", ".join(command.COMMANDS[name].needs)
    assert (
        capsys.readouterr().err == f"{needed} not set: see the inputs in .github/actions/deploy/action.yml\n"
    )


def test_a_refusal_of_aws_is_told_in_its_words(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(
        ssm=Scripted("ssm", get_parameter=Refused("ExpiredTokenException", "expired")), ecs=Scripted("ecs")
    )
    assert command.main(["service"], ENV) == 1
    assert capsys.readouterr().err == "AWS: GetParameter: ExpiredTokenException: expired\n"


def test_an_interrupted_command_says_that_a_second_run_watches(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(ssm=Scripted("ssm", get_parameter=KeyboardInterrupt()), ecs=Scripted("ecs"))
    assert command.main(["service"], ENV) == 130
    assert "Run this job again to watch it" in capsys.readouterr().err


def fact(value: Any) -> dict[str, Any]:
    return {"Parameter": {"Value": json.dumps(value)}}


def test_a_migration_is_not_run_again_for_an_image_that_is_deployed(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    service = {
        "serviceName": "aiponge-user",
        "containerName": "user",
        "baseTaskDefinitionArn": "aiponge-user:3",
    }
    ssm = Scripted("ssm")
    ssm.say("get_parameter", fact("aiponge-prod"), fact({"user": service}))
    running = {"family": "aiponge-user", "containerDefinitions": [{"name": "user", "image": IMAGE}]}
    primary = {"status": "PRIMARY", "taskDefinition": "aiponge-user:43", "desiredCount": 2}
    ecs = Scripted(
        "ecs",
        describe_services={"services": [{"deployments": [primary]}]},
        describe_task_definition={"taskDefinition": running},
    )
    answered(ssm=ssm, ecs=ecs)
    assert command.main(["migrate"], ENV) == 0
    assert capsys.readouterr().out.endswith("is deployed with this image already: migrate is not run again\n")
    assert "RunTask" not in ecs.operations()


@pytest.mark.parametrize("name", ["migrate", "service", "host"])
@pytest.mark.parametrize("image", ["docker.io/x/y:latest", f"x@sha256:{'B' * 64}", f"{IMAGE}@latest"])
def test_an_image_without_a_digest_is_not_deployed(
    answered: Answered, capsys: pytest.CaptureFixture[str], name: str, image: str
) -> None:
    clients = answered(ssm=Scripted("ssm"), ecs=Scripted("ecs"))
    assert command.main([name], {**ENV, "IMAGE": image}) == 1
    assert "is no image digest: nothing was deployed" in capsys.readouterr().err
    assert [one.operations() for one in clients.values()] == [[], []]


@pytest.mark.parametrize("value", ["nan", "-1", "0", "2.5", "many", "28", "1e1", "٣"])
def test_a_wait_that_leaves_no_time_to_roll_back_within_the_session_is_refused(
    answered: Answered, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    answered(ssm=Scripted("ssm"), ecs=Scripted("ecs"))
    for name in ("service", "host"):
        assert command.main([name], {**ENV, "TIMEOUT_MINUTES": value}) == 1
        assert f"TIMEOUT_MINUTES={value!r}: give a whole number from 1 to 27" in capsys.readouterr().err


def test_a_migration_that_would_outlast_its_session_is_refused(
    answered: Answered, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(ssm=Scripted("ssm"), ecs=Scripted("ecs"))
    assert command.main(["migrate"], {**ENV, "TIMEOUT_MINUTES": "56"}) == 1
    assert "give a whole number from 1 to 55: nothing was deployed" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "-2", "two", "5001"])
def test_a_service_is_not_deployed_without_a_task(
    answered: Answered, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    ssm, ecs = Scripted("ssm"), Scripted("ecs")
    ssm.say("get_parameter", fact("aiponge-prod"), fact({"user": {"serviceName": "aiponge-user"}}))
    answered(ssm=ssm, ecs=ecs)
    assert command.main(["service"], {**ENV, "FIRST_TASKS": value}) == 1
    assert f"FIRST_TASKS={value!r}: give a whole number from 1 to 5000" in capsys.readouterr().err
    assert ecs.operations() == []


class Delegated:
    """Records what the commands hand to the modules that do the work."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def taking(self, name: str, answer: Any = None) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self.calls.append((name, *arguments))
            return answer

        return call


@pytest.fixture
def delegated(monkeypatch: pytest.MonkeyPatch, answered: Answered) -> Delegated:
    """A service whose image is not deployed yet, and builds of which each has a digest."""
    ssm = Scripted("ssm")
    service = {"serviceName": "aiponge-user", "repositoryUrl": "111122223333.dkr.ecr/aiponge/user"}
    task = {"taskDefinitionArn": "aiponge-migrate:3"}
    answers = {
        "/aiponge/prod/deploy/clusterName": "aiponge-prod",
        "/aiponge/prod/deploy/services": {"user": service},
        "/aiponge/prod/deploy/oneOffTasks": {"migrate": task},
        "/aiponge/prod/deploy/repositoryUrl": "docker.io/example/site",
    }
    ssm.say("get_parameter", lambda params: fact(answers[params["Name"]]))
    answered(ssm=ssm, ecs=Scripted("ecs"), ecr=Scripted("ecr"))
    made = Delegated()
    monkeypatch.setattr(command.one_off_task, "run", made.taking("task"))
    monkeypatch.setattr(command.image, "in_ecr", made.taking("in_ecr", f"sha256:{'e' * 64}"))
    monkeypatch.setattr(command.image, "login", made.taking("login"))
    monkeypatch.setattr(command.image, "build_and_push", made.taking("build", f"sha256:{'f' * 64}"))
    for name, answer in (("deployed", None), ("deploy", None), ("watch", None)):
        monkeypatch.setattr(command.Service, name, made.taking(name, answer))
    return made


def test_a_migration_runs_for_an_image_that_is_not_deployed(delegated: Delegated) -> None:
    assert command.main(["migrate"], ENV) == 0
    (run,) = [one for one in delegated.calls if one[0] == "task"]
    assert (run[2], run[3], run[5]) == ("aiponge-prod", "migrate", IMAGE)
    assert run[6].timeout_s == 60


def test_a_new_image_is_deployed(delegated: Delegated) -> None:
    assert command.main(["service"], ENV) == 0
    assert [(one[0], one[-2]) for one in delegated.calls if one[0] != "deployed"] == [("deploy", IMAGE)]


def test_an_image_that_is_being_deployed_is_watched(
    delegated: Delegated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.Service, "deployed", lambda *_: "aiponge-user:43")
    assert command.main(["service"], ENV) == 0
    assert [(one[0], one[-2]) for one in delegated.calls] == [("watch", "aiponge-user:43")]


def test_the_image_of_a_service_is_built_for_its_repository_and_written_for_the_next_job(
    delegated: Delegated, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    env = {**ENV, "CONTEXT": "services/user", "GITHUB_SHA": "c0ffee", "GITHUB_OUTPUT": str(output)}
    assert command.main(["image"], env) == 0
    url = "111122223333.dkr.ecr/aiponge/user"
    assert [(one[0], *one[2:]) for one in delegated.calls] == [("in_ecr", url, "c0ffee", "services/user")]
    assert output.read_text() == f"image={url}@sha256:{'e' * 64}\n"


def test_the_image_of_a_host_is_pushed_to_docker_hub_after_a_login(
    delegated: Delegated, tmp_path: Path
) -> None:
    output = tmp_path / "output"
    env = {name: value for name, value in ENV.items() if name != "SERVICE"}
    env |= {"CONTEXT": ".", "GITHUB_SHA": "c0ffee", "GITHUB_OUTPUT": str(output)}
    env |= {"DOCKERHUB_USERNAME": "example", "DOCKERHUB_TOKEN": "not-a-token"}
    assert command.main(["image"], env) == 0
    assert delegated.calls == [
        ("login", None, "example", "not-a-token"),
        ("build", "docker.io/example/site:c0ffee", "."),
    ]
    assert output.read_text() == f"image=docker.io/example/site@sha256:{'f' * 64}\n"


def test_the_module_ends_with_the_exit_code_of_its_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "usage: python -m deploy image|migrate|service|host\n")


def test_it_runs_with_boto3_and_nothing_else_of_this_repository(tmp_path: Path) -> None:
    code = (
        "import sys, pkgutil, importlib, deploy\n"
        "[importlib.import_module(f'deploy.{one.name}') for one in pkgutil.iter_modules(deploy.__path__)]\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not tops & {'settings', 'ops', 'pulumi', 'sandbox', 'pydantic', 'typer'}, tops\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
