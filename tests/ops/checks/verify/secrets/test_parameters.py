"""Tests of Parameter Store's checks: types, keys, names and readers of a host's parameters."""

from __future__ import annotations

from typing import Any

import pytest

from ops.checks.verify.secrets import parameters
from ops.checks.verify.secrets.grants import Role
from ops.core.secret_stores import ParameterStore
from settings.grants import entry_roles
from tests.ops.live import declared

SETTINGS = declared("cinematch-staging")
DJANGO = "/cinematch/staging/django-secret-key"
PASSWORD = "/cinematch/staging/db-password"
KEY = f"arn:aws:kms:{SETTINGS.region}:{SETTINGS.account_id}:key/secrets"


class _Store:
    """A Parameter Store as declared, with the changes of a test."""

    def __init__(self, *, without: str = "", extra: str = "", **changes: Any) -> None:
        self.settings, self.names, self.key_arns = SETTINGS, SETTINGS.names, {"secrets": KEY}
        stub: Any = self
        declared = [name for name, entry in ParameterStore(stub).declared.items() if entry.expected]
        names = [*declared, *([extra] if extra else [])]
        self._listed = [
            {"Name": name, "Type": "SecureString", "KeyId": KEY} | (changes if name == DJANGO else {})
            for name in names
            if name != without
        ]

    def is_key(self, given: str | None, purpose: str) -> bool:
        return given == self.key_arns[purpose]

    def list(self, *_: Any, **__: Any) -> Any:
        return self._listed


def _said(ask: Any, store: _Store) -> list[tuple[str, str]]:
    return [(one.subject, one.problem) for one in ask(store)]


def test_a_store_as_declared_has_no_finding() -> None:
    assert _said(parameters.secrets, _Store()) == _said(parameters.inventory, _Store()) == []


@pytest.mark.accepts("B9", "B29", "B34")
@pytest.mark.attack(8, 39)
@pytest.mark.parametrize(
    ("store", "problem"),
    [
        (_Store(Type="String"), "is a String, not encrypted"),
        (_Store(KeyId="alias/aws/ssm"), "is not encrypted with alias/cinematch-secrets"),
        (_Store(without=DJANGO), "is not in Parameter Store"),
    ],
    ids=["plain", "key_of_aws", "missing"],
)
def test_a_secret_that_is_missing_or_not_under_our_key_is_found(store: _Store, problem: str) -> None:
    assert _said(parameters.secrets, store) == [(DJANGO, problem)]


@pytest.mark.accepts("B29")
def test_an_undeclared_parameter_is_found() -> None:
    extra = "/cinematch/staging/by-hand"
    found = _said(parameters.inventory, _Store(extra=extra))
    assert found == [(extra, "is in Parameter Store and undeclared")]
    assert _said(parameters.inventory, _Store(extra="/cinematch/staging/deploy/siteUrl")) == []


def _role(name: str, *names: str) -> Role:
    arns = [SETTINGS.names.parameter_arn(one) for one in names]
    context = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": arns}}
    statements = [
        {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": arns},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY, "Condition": context},
    ]
    return Role(name, SETTINGS.names.role_arn(name), ({"Statement": statements},))


def _readers(monkeypatch: pytest.MonkeyPatch, *everyone: Role) -> list[tuple[str, str]]:
    account = {"AWS": SETTINGS.names.account_root}
    policy = {"Statement": [{"Effect": "Allow", "Principal": account, "Action": "kms:*", "Resource": "*"}]}
    monkeypatch.setattr(parameters, "key_policy", lambda aws, arn: policy)
    monkeypatch.setattr(parameters, "roles", lambda aws: list(everyone))
    return _said(parameters.readers, _Store())


def _as_declared() -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    stub: Any = _Store()
    for name, entry in ParameterStore(stub).declared.items():
        for role in entry_roles(SETTINGS, entry):
            held.setdefault(role, []).append(name)
    return held


@pytest.mark.accepts("B30", "B49", "B50")
def test_readers_as_declared_have_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = [_role(role, *names) for role, names in _as_declared().items()]
    assert _readers(monkeypatch, *roles) == []


@pytest.mark.accepts("B50")
def test_a_reader_too_many_and_a_reader_too_few_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    held = _as_declared()
    host = SETTINGS.names.host_role
    held[host].remove(PASSWORD)
    held["pipeline"] = [PASSWORD]
    roles = [_role(role, *names) for role, names in held.items()]
    assert _readers(monkeypatch, *roles) == [
        (PASSWORD, "role pipeline can read it and is not a declared reader"),
        (PASSWORD, f"its declared reader {host} cannot read it"),
    ]
