"""Tests of batch operations that fail for single items, and of list operations with several pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.checks.verify.audit.account import defaults
from ops.checks.verify.audit.trail import queries
from ops.checks.verify.ecs import deployments
from ops.checks.verify.ecs.tasks import Running
from ops.checks.verify.monitoring.alarms import alarm_routes
from ops.checks.verify.secrets.values import rings
from ops.core.aws_state import AwsState
from ops.core.console import Screen
from ops.core.context import Clock, StackContext
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import ParameterStore, SecretsManager
from ops.core.session import aws_errors, sentence
from ops.import_env import render
from ops.rotation import function, readers
from ops.rotation.rotate import How, rotate
from settings import read_stack_file
from tests.ops.stack_folder import Only

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DENIED = "AccessDeniedException"


class Client:
    """A client of any service: each operation is a function or a list of pages."""

    def __init__(self, **operations: Any) -> None:
        self._operations = operations
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._operations:
            raise AttributeError(name)

        def call(**params: Any) -> Any:
            self.asked.append((name, params))
            answer = self._operations[name]
            if isinstance(answer, list):
                return _page(answer, params)
            return answer(**params) if callable(answer) else answer

        return call

    def can_paginate(self, operation: str) -> bool:
        return operation.startswith(("list_t", "list_r", "describe_p", "describe_a", "list_secrets"))

    def get_paginator(self, operation: str) -> Any:
        return Paginator(self._operations[operation])


def _page(pages: list[dict[str, Any]], params: dict[str, Any]) -> dict[str, Any]:
    """One page with the token of the next one."""
    number = int(params.get("NextToken") or params.get("nextToken") or 0)
    page = dict(pages[number])
    spelled = page.pop("token", "NextToken")
    return page | ({spelled: str(number + 1)} if number + 1 < len(pages) else {})


class Paginator:
    """The paginator of an operation that botocore can paginate."""

    def __init__(self, pages: Any) -> None:
        self._pages = pages

    def paginate(self, **_: Any) -> Paginator:
        return self

    def __iter__(self) -> Any:
        return iter(self._pages)

    def build_full_result(self) -> dict[str, Any]:
        names = {name for page in self._pages for name in page}
        return {name: [one for page in self._pages for one in page.get(name, [])] for name in names}


def aws(client: Any, stack: str = "staging") -> AwsState:
    session: Any = None
    made = AwsState(read_stack_file(stack), session)
    made.client = lambda service: client
    return made


def context(client: Any, monkeypatch: pytest.MonkeyPatch) -> StackContext:
    monkeypatch.setattr(AwsState, "client", lambda self, service: client)
    session: Any = None
    clock = Clock(poll_s=0.001, rollout_s=0.02)
    return StackContext("staging", read_stack_file("staging"), session, Only, Screen(as_json=False), clock)


NAMES = ("aiponge/jwt-secret", "aiponge/jwt-keyring", "aiponge/redis-url")


def secrets(**answer: Any) -> Client:
    """Secrets Manager with three secrets of the stack, and its BatchGetSecretValue responses."""
    listed = [
        {"Name": name, "ARN": f"arn:aws:secretsmanager:eu-west-1:1:secret:{name}-AbCdEf"} for name in NAMES
    ]
    stages = {"SecretVersionsToStages": {"1": ["AWSCURRENT"]}}
    return Client(
        list_secrets=[{"SecretList": [one | stages for one in listed]}],
        describe_parameters=[{"Parameters": []}],
        get_object=_no_such_key,
        batch_get_secret_value=lambda **_: answer,
    )


def _no_such_key(**_: Any) -> Any:
    raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")


def _value(name: str) -> dict[str, Any]:
    return {"Name": name, "SecretString": "x", "VersionId": "1", "CreatedDate": NOW}


ALL_DENIED = [{"SecretId": name, "ErrorCode": DENIED, "Message": "not shown"} for name in NAMES]


@pytest.mark.finding(7)
def test_a_value_that_secrets_manager_denies_is_an_error_that_names_it() -> None:
    denied = [{"SecretId": "arn:aws:secretsmanager:eu-west-1:1:secret:aiponge/jwt-secret-AbCdEf"}]
    answer = {"SecretValues": [_value(name) for name in NAMES[1:]], "Errors": [denied[0] | ALL_DENIED[0]]}
    with pytest.raises(ClientError) as error:
        SecretsManager(aws(secrets(**answer))).read_all()
    said = sentence(error.value)
    refused = "the AWS call BatchGetSecretValue of aiponge/jwt-secret failed:"
    assert said == f"{refused} {DENIED} (the role may not do this)"


@pytest.mark.finding(7)
def test_a_value_that_is_neither_answered_nor_refused_is_an_error() -> None:
    answer = {"SecretValues": [_value(NAMES[0])], "Errors": []}
    with pytest.raises(ClientError, match="BatchGetSecretValue"):
        SecretsManager(aws(secrets(**answer))).read_all()


def test_values_that_come_in_pages_are_all_read() -> None:
    client = secrets()
    client._operations["batch_get_secret_value"] = [{"SecretValues": [_value(name)]} for name in NAMES]
    assert SecretsManager(aws(client)).read_all().keys() == {*NAMES}


def test_one_value_is_read_without_the_others() -> None:
    client = secrets(SecretValues=[_value(NAMES[0])])
    value = SecretsManager(aws(client)).read(NAMES[0])
    assert value is not None
    ((_, asked),) = [one for one in client.asked if one[0] == "batch_get_secret_value"]
    assert len(asked["SecretIdList"]) == 1


@pytest.mark.finding(7)
def test_verification_without_the_right_to_values_is_not_clean() -> None:
    with pytest.raises(ClientError, match=DENIED):
        list(rings(aws(secrets(SecretValues=[], Errors=ALL_DENIED))))


@pytest.mark.finding(7)
def test_a_rotation_without_the_right_to_values_is_exit_5(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = context(secrets(SecretValues=[], Errors=ALL_DENIED[:1]), monkeypatch)
    with pytest.raises(Stop, match=DENIED) as stop, aws_errors():
        rotate(stack, "jwt-secret", How(write=True, accept_outage=True))
    assert stop.value.code == Exit.UNREACHABLE


def parameters(stack: str, **answer: Any) -> tuple[Client, list[str]]:
    declared = [*ParameterStore(aws(Client(), stack)).declared]
    client = Client(
        describe_parameters=[{"Parameters": [{"Name": name} for name in declared]}],
        get_parameters=lambda **_: answer,
    )
    return client, declared


@pytest.mark.finding(7)
def test_a_parameter_that_is_listed_and_invalid_is_an_error_that_names_it() -> None:
    client, declared = parameters("cinematch-staging", Parameters=[])
    client._operations["get_parameters"] = lambda Names, **_: {"Parameters": [], "InvalidParameters": Names}
    with pytest.raises(ClientError) as error:
        ParameterStore(aws(client, "cinematch-staging")).read_all()
    assert sentence(error.value).startswith(f"the AWS call GetParameters of {sorted(declared)[0]}")


def test_a_parameter_that_is_optional_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = read_stack_file("cinematch-staging")
    lines = render.template(stack)

    def some(Names: list[str], **_: Any) -> dict[str, Any]:
        there = [name for name in Names if not name.endswith("-previous")]
        found = [{"Name": name, "Value": "x" * 20, "Version": 1} for name in there]
        return {"Parameters": found, "InvalidParameters": [name for name in Names if name not in there]}

    class Session:
        def client(self, *_: Any, **__: Any) -> Client:
            return Client(get_parameters=some)

    session: Any = Session()
    assert "django-secret-key" in render.fetch(session, stack, lines)


def ecs(**more: Any) -> Client:
    """ECS with two running services of one task each, and responses that a test sets."""

    def described(services: list[str], **_: Any) -> dict[str, Any]:
        primary = {"status": "PRIMARY", "id": "forced", "rolloutState": "COMPLETED", "createdAt": NOW}
        some = [
            {
                "serviceName": name,
                "status": "ACTIVE",
                "desiredCount": 1,
                "runningCount": 1,
                "deployments": [primary],
            }
            for name in services
        ]
        return {"services": some, "failures": []}

    def forced(service: str, **_: Any) -> dict[str, Any]:
        return {"service": described([service])["services"][0]}

    operations: dict[str, Any] = {
        "describe_services": described,
        "update_service": forced,
        "list_tasks": [{"taskArns": ["task"]}],
        "describe_tasks": {"tasks": [{"createdAt": NOW, "startedAt": NOW}], "failures": []},
    }
    return Client(**operations | more)


def failing(member: str, reason: str) -> Callable[..., dict[str, Any]]:
    def answer(**asked: Any) -> dict[str, Any]:
        return {member: [], "failures": [{"arn": name, "reason": reason} for name in asked[member]]}

    return answer


READERS = ("api-gateway", "user")


@pytest.mark.finding(7)
def test_readers_that_ecs_does_not_describe_are_exit_5(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = context(ecs(describe_services=failing("services", "ACCESS_DENIED")), monkeypatch)
    said = r"DescribeServices of aiponge-api-gateway.*ACCESS_DENIED"
    with pytest.raises(Stop, match=said) as stop, aws_errors():
        readers.restart(stack, READERS, NOW - timedelta(hours=1))
    assert stop.value.code == Exit.UNREACHABLE


def test_a_reader_that_is_left_out_of_the_answer_is_exit_5(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = context(ecs(describe_services={"services": [], "failures": []}), monkeypatch)
    with pytest.raises(Stop, match="DescribeServices") as stop, aws_errors():
        readers.restart(stack, READERS, NOW - timedelta(hours=1))
    assert stop.value.code == Exit.UNREACHABLE


def test_readers_that_do_not_exist_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = context(ecs(describe_services=failing("services", "MISSING")), monkeypatch)
    readers.restart(stack, READERS, NOW - timedelta(hours=1))
    assert "service aiponge-user: does not exist, nothing to deploy" in capsys.readouterr().out


@pytest.mark.finding(7)
def test_tasks_that_ecs_does_not_describe_are_not_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = context(ecs(describe_tasks=failing("tasks", "ACCESS_DENIED")), monkeypatch)
    secret = stack.settings.secrets["jwt-secret"]
    with pytest.raises(Stop, match=r"DescribeTasks.*ACCESS_DENIED"), aws_errors():
        readers.stale(stack, secret, NOW - timedelta(hours=1))


def test_a_task_that_is_gone_since_it_was_listed_is_not_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = context(ecs(describe_tasks=failing("tasks", "MISSING")), monkeypatch)
    assert readers.stale(stack, stack.settings.secrets["jwt-secret"], NOW + timedelta(hours=1)) == []


def test_every_task_of_a_service_is_looked_at_by_verification() -> None:
    def described(tasks: list[str], **_: Any) -> dict[str, Any]:
        assert len(tasks) <= 100
        return {"tasks": [{"taskArn": arn} for arn in tasks]}

    arns = [f"arn:aws:ecs:eu-west-1:1:task/c/{number}" for number in range(101)]
    client = Client(list_tasks=[{"taskArns": arns}], describe_tasks=described)
    settings = read_stack_file("staging").services["user"]
    service = {"serviceName": "aiponge-user"}
    one = Running(name="user", settings=settings, definition={}, subject="service user", service=service)
    assert len(deployments._tasks(aws(client), one, "RUNNING")) == 101


def test_the_version_in_force_may_be_on_the_second_page(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [
        {"Versions": [{"VersionId": "1", "VersionStages": ["AWSPREVIOUS"], "CreatedDate": NOW}]},
        {"Versions": [{"VersionId": "2", "VersionStages": ["AWSCURRENT"], "CreatedDate": NOW}]},
    ]
    stack = context(Client(list_secret_version_ids=pages), monkeypatch)
    assert function.created(stack, "aiponge/database-url") == NOW


def test_targets_of_an_event_rule_may_be_on_the_second_page() -> None:
    targets = [{"Targets": [{"Arn": "one"}]}, {"Targets": [{"Arn": "two"}]}]
    client = Client(
        describe_alarms=[{}], list_rules=[{"Rules": [{"Name": "aiponge-rule"}]}], list_targets_by_rule=targets
    )
    (bell,) = alarm_routes(aws(client))
    assert bell.actions == ("one", "two")


def test_saved_queries_may_be_on_the_second_page() -> None:
    stack = aws(Client(describe_query_definitions=[{"queryDefinitions": []}]))
    missing = [one.subject for one in queries(stack)]
    pages = [
        {"queryDefinitions": [{"name": "of somebody else"}], "token": "nextToken"},
        {"queryDefinitions": [{"name": name} for name in missing]},
    ]
    found = [one.problem for one in queries(aws(Client(describe_query_definitions=pages)))]
    assert {*found} == {"its log group or text is not the declared one"}


def test_an_account_that_inspector_does_not_answer_for_is_not_judged() -> None:
    accounts = {"accounts": [], "failedAccounts": [{"accountId": "1", "errorCode": "ACCESS_DENIED"}]}
    client = Client(
        get_ebs_encryption_by_default={"EbsEncryptionByDefault": True},
        get_instance_metadata_defaults={
            "AccountLevel": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
        },
        batch_get_account_status=accounts,
    )
    with pytest.raises(ClientError, match="ACCESS_DENIED"):
        list(defaults(aws(client)))
