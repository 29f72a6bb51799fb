"""Tests of both secret stores through their common interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ops.core.aws_state import AwsState
from ops.core.exits import Exit, Stop
from ops.core.secret_stores import ParameterStore, SecretsManager, SecretStore, store_of, stored_values
from sandbox import Sandbox
from settings import read_stack_file

MANY = 25
"""More than either store returns in one response."""


@dataclass
class Case:
    """One store of one stack, with a way to put values into it."""

    sandbox: Sandbox
    kind: type[SecretsManager | ParameterStore]
    stack: str
    name: str
    key_id: str = ""

    @property
    def store(self) -> SecretStore:
        """The store with an empty cache."""
        return self.kind(self.aws)

    @property
    def aws(self) -> AwsState:
        settings = read_stack_file(self.stack)
        settings = settings.model_copy(update={"account_id": self.sandbox.account})
        return AwsState(settings, self.sandbox.session)

    def put(self, name: str, text: str) -> None:
        if self.kind is SecretsManager:
            self.sandbox.client("secretsmanager").create_secret(Name=name, SecretString=text)
        else:
            self.put_parameter(name, text, Type="SecureString", KeyId=self.key_id)

    def put_parameter(self, name: str, text: str, **how: Any) -> None:
        self.sandbox.client("ssm").put_parameter(Name=name, Value=text, **how)


@pytest.fixture(params=[SecretsManager, ParameterStore])
def case(request: pytest.FixtureRequest, fresh: Sandbox) -> Iterator[Case]:
    if request.param is SecretsManager:
        yield Case(fresh, SecretsManager, "staging", "aiponge/jwt-secret")
        return
    stack, alias = "cinematch-staging", "alias/cinematch-secrets"
    with Sandbox(stack, config={"strongroom:accountId": str(int(fresh.account) + 10**6)}) as sandbox:
        kms = sandbox.client("kms")
        key_id = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=alias, TargetKeyId=key_id)
        yield Case(sandbox, ParameterStore, stack, "/cinematch/staging/django-secret-key", key_id)


def test_an_empty_store_has_no_value(case: Case) -> None:
    assert case.store.read(case.name) is None
    assert case.store.changed(case.name) is None
    assert (case.store.present(), case.store.read_all()) == ({}, {})


def test_a_value_is_read_with_its_version_and_its_age(case: Case) -> None:
    case.put(case.name, "canary")
    value = case.store.read(case.name)
    assert value is not None
    assert (value.text, bool(value.version)) == ("canary", True)
    assert abs(datetime.now(UTC) - value.created) < timedelta(minutes=1)
    assert case.store.read_all() == {case.name: value}


def test_the_age_is_known_without_reading_the_value(case: Case) -> None:
    case.put(case.name, "canary")
    value = case.store.read(case.name)
    assert value is not None
    assert case.store.changed(case.name) == value.created


@pytest.mark.finding(17)
def test_a_secret_that_a_function_rotates_is_as_old_as_its_last_rotation() -> None:
    rotated, moved = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    settings, name = read_stack_file("staging"), "aiponge/database-url"
    listed = {
        "list_secrets": [{"Name": name, "RotationEnabled": True, "LastRotatedDate": rotated}],
        "list_secret_version_ids": [{"VersionStages": ["AWSCURRENT"], "CreatedDate": moved}],
    }
    aws: Any = SimpleNamespace(settings=settings, list=lambda service, call, member, **_: listed[call])
    assert SecretsManager(aws).changed(name) == rotated
    listed["list_secrets"] = [{"Name": name}]
    assert SecretsManager(aws).changed(name) == moved


def test_only_declared_names_are_read(case: Case) -> None:
    other = f"{case.name.rpartition('/')[0]}/by-hand"
    case.put(case.name, "canary")
    case.put(other, "canary")
    assert set(case.store.listed()) == {case.name, other}
    assert set(case.store.present()) == set(case.store.read_all()) == {case.name}


def test_values_are_fetched_in_batches(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = case.store.declared[case.name]
    names = [f"{case.name}-{number}" for number in range(MANY)]
    for name in names:
        case.put(name, f"value of {name}")
    store: Any = case.store
    store.declared = dict.fromkeys(names, entry)
    assert {name: value.text for name, value in store.read_all().items()} == {
        name: f"value of {name}" for name in names
    }


def test_the_store_of_a_secret_is_the_declared_one(case: Case) -> None:
    entry = case.store.declared[case.name]
    assert isinstance(store_of(case.aws, entry.secret), case.kind)


def test_every_value_of_a_stack_comes_with_its_entry(case: Case) -> None:
    case.put(case.name, "canary")
    assert [(entry.store_name, value.text) for entry, value in stored_values(case.aws)] == [
        (case.name, "canary")
    ]


@pytest.mark.parametrize("case", [ParameterStore], indirect=True)
@pytest.mark.parametrize("how", [{"Type": "String"}, {"Type": "SecureString"}], ids=["plain", "key_of_aws"])
def test_a_parameter_that_is_not_under_our_key_stops_the_command(case: Case, how: dict[str, str]) -> None:
    case.put_parameter(case.name, "canary", **how)
    with pytest.raises(Stop, match="is not a SecureString encrypted with the secrets key") as stop:
        case.store.read(case.name)
    assert stop.value.code == Exit.REFUSED
    assert "canary" not in str(stop.value)
