"""Tests of a rotation on a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.core.context import StackContext
from ops.core.exits import Exit, Stop
from ops.rotation import host
from ops.rotation.ages import due
from ops.rotation.rotate import How, rotate
from tests.ops.rotation.host_stack import NAME, Machine, host_files, running_host

ACCOUNT = "444455556666"
LAUNCHED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with running_host(tmp_path_factory.mktemp("host"), ACCOUNT) as made:
        yield made


@pytest.mark.accepts("B33")
def test_runs_the_update_document_on_the_tagged_instance(machine: Machine) -> None:
    assert rotate(machine.context(), "django-secret-key", How(write=True, accept_outage=True)) == Exit.DONE
    command = machine.commands()[-1]
    (group,) = machine.client("ec2").describe_instances()["Reservations"]
    assert command["DocumentName"] == "cinematch-update"
    assert command["InstanceIds"] == [one["InstanceId"] for one in group["Instances"]]
    assert machine.value() == "2" * 64
    assert machine.generation() == 2


def test_that_changes_no_value_leaves_the_host_alone(machine: Machine) -> None:
    same, before = machine.value(), machine.commands()
    context = machine.context(update=lambda: machine.put(same))
    with pytest.raises(Stop, match="same value as before") as stop:
        rotate(context, "django-secret-key", How(write=True, accept_outage=True))
    assert stop.value.code == Exit.PARTLY
    assert machine.commands() == before


@pytest.mark.attack(39)
def test_refuses_a_parameter_that_left_our_key(machine: Machine) -> None:
    machine.put("1" * 64, KeyId="alias/aws/ssm")
    updates = machine.updates
    with pytest.raises(Stop, match="not a SecureString encrypted with the secrets key") as stop:
        rotate(machine.context(), "django-secret-key", How(write=True, accept_outage=True))
    assert stop.value.code == Exit.REFUSED
    machine.put("1" * 64)
    assert machine.updates == updates


@pytest.mark.parametrize("name", ["tmdb-token", "/cinematch/staging/llm-api-key"])
def test_of_a_value_from_outside_says_how_to_bring_it(machine: Machine, name: str) -> None:
    with pytest.raises(Stop, match="ops import-env --stack cinematch-staging") as stop:
        rotate(machine.context(), name, How(write=True))
    assert stop.value.code == Exit.BAD_INPUT


def test_says_that_people_must_sign_in_again(machine: Machine) -> None:
    with pytest.raises(Stop, match=r"sign in again; add --accept-outage") as stop:
        rotate(machine.context(), "django-secret-key", How(write=True))
    assert stop.value.code == Exit.REFUSED


@pytest.mark.accepts("B33")
def test_is_due_when_the_parameter_is_too_old(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    assert due(machine.context(), now=now + timedelta(days=90)) == Exit.DONE
    assert due(machine.context(), now=now + timedelta(days=91, hours=1)) == Exit.FINDING
    assert (
        f"{NAME}: 91 days old, rotateEvery is 90; run `ops rotate django-secret-key"
        in capsys.readouterr().out
    )


class Hosts:
    """EC2 and SSM, with the states of a command by instance, one per report."""

    def __init__(self, **states: list[str]) -> None:
        self._states = {name: [*given] for name, given in states.items()}

    def send_command(self, **_: Any) -> dict[str, Any]:
        return {"Command": {"CommandId": "c"}}

    def get_command_invocation(self, *, CommandId: str, InstanceId: str) -> dict[str, Any]:
        given = self._states[InstanceId]
        state = given.pop(0) if len(given) > 1 else given[0]
        if state == "none":
            raise ClientError({"Error": {"Code": "InvocationDoesNotExist"}}, "GetCommandInvocation")
        return {"Status": state}

    def can_paginate(self, operation: str) -> bool:
        return operation == "describe_instances"

    def get_paginator(self, operation: str) -> Any:
        assert operation == "describe_instances"
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [
            {
                "Reservations": [
                    {"Instances": [{"InstanceId": name, "LaunchTime": LAUNCHED} for name in self._states]}
                ]
            }
        ]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Hosts], StackContext]:
    def use(hosts: Hosts) -> StackContext:
        context = Machine(None, host_files(tmp_path, ACCOUNT)).context()
        monkeypatch.setattr(context.aws, "client", lambda service: hosts)
        return context

    return use


def test_waits_for_every_instance(
    told: Callable[[Hosts], StackContext], capsys: pytest.CaptureFixture[str]
) -> None:
    host.refresh(told(Hosts(i1=["none", "Success"], i2=["Pending", "InProgress", "Delayed", "Success"])))
    assert "instance i2: runs with the new values" in capsys.readouterr().out


@pytest.mark.attack(41)
@pytest.mark.parametrize(
    ("hosts", "says"),
    [
        (Hosts(i1=["Success"], i2=["Failed"]), r"failed on i2 \(Failed\)"),
        (Hosts(i1=["TimedOut"]), r"failed on i1 \(TimedOut\)"),
        (Hosts(), "no instance named cinematch-server runs"),
        (Hosts(i1=["Success"], i2=["InProgress"]), "not done yet"),
    ],
)
def test_is_not_done_before_every_instance_succeeded(
    told: Callable[[Hosts], StackContext], hosts: Hosts, says: str
) -> None:
    with pytest.raises(Stop, match=says) as stop:
        host.refresh(told(hosts))
    assert stop.value.code == Exit.PARTLY
